/** A key whose value differs between a run and the config that is to resume it. */
export interface ChangedKey {
  readonly key: string;
  readonly was: unknown;
  readonly is: unknown;
}

/** Keys that may differ: they change what is shown and kept, or where it runs, but not what is learnt. */
const FREE = ['out', 'device', 'cpu', 'log', 'validate', 'checkpoint', 'data.cache'];

/** The keys that keep a run from being resumed with another config. train.steps may grow. */
export function changedKeys(run: object, config: object): ChangedKey[] {
  return differences(run, config, '').filter(
    ({ key, was, is }) =>
      !FREE.some((free) => key === free || key.startsWith(`${free}.`)) &&
      !(key === 'train.steps' && typeof was === 'number' && typeof is === 'number' && is > was),
  );
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
