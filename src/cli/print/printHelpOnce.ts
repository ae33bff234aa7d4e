import { findLauncher } from '../../ranks/launcher.node.ts';

/** Of the ranks that a launcher has started, leaves help and version to the first: yargs prints them by `console.log`. */
export function printHelpOnce(): void {
  const { ranks, rank = 0 } = findLauncher() ?? {};
  // eslint-disable-next-line no-console -- it is yargs's
  if (ranks !== undefined && rank > 0) console.log = () => {};
}
