import type { PretrainView } from './pretrainView.ts';

const nothing = (): void => {};

/** For ranks that show nothing. */
export const quietView: PretrainView = {
  preparing: nothing,
  compiling: nothing,
  begin: nothing,
  step: nothing,
  train: nothing,
  validate: nothing,
  saved: nothing,
  stopping: nothing,
  stopped: nothing,
  finished: nothing,
};
