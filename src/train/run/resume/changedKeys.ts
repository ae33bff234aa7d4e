import { BertrandError } from '../../../error.ts';
import { lengthKeys } from '../../config/lengthKeys.ts';
import type { Config } from '../../config/table/table.ts';
import type { TrainingState } from '../checkpoint/checkpoint.ts';

/** A key whose value differs between a run and the config that is to resume it. */
export interface ChangedKey {
  readonly key: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Keys that may differ: they change what is shown and kept, or where and how it runs, but not what is learnt. */
const FREE = ['out', 'device', 'cpu', 'log', 'checkpoint', 'data.cache', 'train.recompute', 'train.shardOptimizer'];

/** The keys that keep a run from being resumed with another config, after the checkpoint's step. */
export function changedKeys(
  run: Config,
  config: Config,
  state: Pick<TrainingState, 'step' | 'seconds' | 'corpus'>,
): ChangedKey[] {
  return differingKeys(run, config).filter(
    ({ key, was, is }) =>
      !key.startsWith('validate.') &&
      !(key === 'data.corpus' && state.corpus !== undefined) && // the same text may have other names: its fingerprint decides
      !(key === 'data.tokenizer' && typeof was === 'string' && typeof is === 'string') && // so may the tokenizer's file
      !(key.startsWith('model.initialisation.') && state.step > 0) && // weights are the checkpoint's
      !(isLength(key) && isLongEnough(config, state)) &&
      !(key === 'train.schedule.restarts' && goOn(run, config, state.step)),
  );
}

/** The keys, of those that change what is learnt or how it is measured, whose values differ. */
export function differingKeys(run: object, config: object): ChangedKey[] {
  return differences(run, config, '').filter(
    ({ key }) => !FREE.some((free) => key === free || key.startsWith(`${free}.`)),
  );
}

/**
 * Throws a BertrandError that lists the keys, if there are any.
 * @param inWords says it of a key otherwise than by its two values
 */
export function expectUnchanged(
  path: string,
  changed: readonly ChangedKey[],
  inWords: (key: string) => string | undefined = () => undefined,
): void {
  if (changed.length === 0) return;
  const lines = changed.map(
    ({ key, was, is }) => `  ${key}: ${inWords(key) ?? `the run has ${show(was)}, the config ${show(is)}`}`,
  );
  throw new BertrandError(
    `${path}: cannot be resumed with a config that changes what is learnt:\n${lines.join('\n')}`,
    { advice: 'put these back, or start a new run with another --out' },
  );
}

const isLength = (key: string): boolean => lengthKeys.some((length) => key === `train.${length}`);

/** Whether the run is not over before where it is; of tokens and epochs only its text can tell. */
const isLongEnough = ({ train: { steps, minutes } }: Config, state: Pick<TrainingState, 'step' | 'seconds'>): boolean =>
  (steps === 'none' || steps >= state.step) && (minutes === 'none' || 60 * minutes >= (state.seconds ?? 0));

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** Whether restarts were only added after what was trained. */
function goOn(run: Config, { train: { schedule } }: Config, step: number): boolean {
  const before = run.train.schedule.restarts;
  const [same, added] = [schedule.restarts.slice(0, before.length), schedule.restarts.slice(before.length)];
  return JSON.stringify(same) === JSON.stringify(before) && added.every((restart) => restart >= step);
}

function differences(was: unknown, is: unknown, key: string): ChangedKey[] {
  if (isGroup(was) && isGroup(is)) {
    const names = new Set([...Object.keys(was), ...Object.keys(is)]);
    return [...names].flatMap((name) => differences(was[name], is[name], key ? `${key}.${name}` : name));
  }
  return JSON.stringify(was) === JSON.stringify(is) ? [] : [{ key, was, is }];
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
