/** A key of the runs' configs, and its value in each as JSON; undefined where a run has none. */
export interface ConfigRow {
  readonly key: string;
  readonly values: readonly (string | undefined)[];
}

/** All keys of these configs, each by its path. */
export function configRows(configs: readonly (object | undefined)[]): ConfigRow[] {
  const flat = configs.map((config) => new Map(config ? leavesOf(config, '') : []));
  const keys = new Set(flat.flatMap((values) => [...values.keys()]));
  return [...keys].map((key) => ({ key, values: flat.map((values) => values.get(key)) }));
}

/** Whether not all runs have the same value. */
export const differs = ({ values }: ConfigRow): boolean => new Set(values).size > 1;

function leavesOf(value: object, path: string): [string, string][] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
    const below = path === '' ? key : `${path}.${key}`;
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) return leavesOf(inner, below);
    return [[below, JSON.stringify(inner)]];
  });
}
