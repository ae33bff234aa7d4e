import { join, omit, valueAt } from './path.ts';
import type { Written } from './yaml/readYaml.ts';

/** The keys of `train` that say how long a run is: one of them does, and the others are `none`. */
export const lengthKeys = ['steps', 'tokens', 'epochs', 'minutes'] as const;

const PATHS = lengthKeys.map((key) => join('train', key));

/** What was written, without lengths for which the settings name another. */
export function withoutOldLength(written: Written, settings: readonly string[]): Written {
  const isSet = (path: string): boolean => settings.some((setting) => setting.split('=')[0].trim() === path);
  if (!PATHS.some(isSet)) return written;
  const old = new Set(PATHS.filter((path) => !isSet(path)));
  const places = new Map([...written.places].filter(([path]) => !old.has(path)));
  return { ...written, values: omit(written.values, old), places };
}

/** Of `train`: there are no steps by default where another length was written. */
export function lengthDefaults(written: unknown): object {
  const [, ...others] = PATHS.map((path) => valueAt(written, path));
  return others.some((value) => value !== undefined && value !== 'none') ? { steps: 'none' } : {};
}
