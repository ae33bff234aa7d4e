/** A key's path as people write it: `train.optimizer.betas`, `model.dropoutAt.0`. */
export const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);

export const keysOf = (path: string): string[] => (path === '' ? [] : path.split('.'));

/** The value at a path, undefined where there is none. */
export function valueAt(values: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (value, key) => (isMap(value) || Array.isArray(value) ? (value as Record<string, unknown>)[key] : undefined),
    values,
  );
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Both maps in one; where both have a value, and not a map each, that of `over` counts. */
export function merge(under: unknown, over: unknown): unknown {
  if (!isMap(under) || !isMap(over)) return over === undefined ? under : over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(under[key], over[key])]));
}

/** The values without those at the paths; a list goes as a whole if one of its items does. */
export function omit(values: unknown, paths: ReadonlySet<string>, path = ''): unknown {
  if (paths.has(path)) return undefined;
  if (Array.isArray(values)) return values.some((_, i) => paths.has(join(path, i))) ? undefined : values;
  if (!isMap(values)) return values;
  return Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, omit(value, paths, join(path, key))] as const)
      .filter(([, value]) => value !== undefined),
  );
}
