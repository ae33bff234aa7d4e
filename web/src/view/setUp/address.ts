import type { Config } from '../../../../src/train/config/table/table.ts';
import type { Change } from '../../protocol.ts';

/** A config in the page's address: after the #, `path=value` of each key that differs from the default, values in JSON. */

/** Characters of an address that are read, and keys. */
const [LONGEST, MOST] = [4000, 60];

export function changesIn(hash: string): Change[] {
  if (!hash.includes('=') || hash.length > LONGEST) return [];
  return [...new URLSearchParams(hash.slice(1))]
    .slice(0, MOST)
    .map(([path, value]) => ({ path, value: valueOf(value) }));
}

export function addressOf(config: Config, defaults: Config): string {
  const changed = differences(config, defaults, '').map(([path, value]) => [path, JSON.stringify(value)]);
  return `#${new URLSearchParams(changed)}`;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);

function differences(value: unknown, other: unknown, path: string): [string, unknown][] {
  if (isMap(value) && isMap(other))
    return Object.entries(value).flatMap(([key, inner]) =>
      differences(inner, (other as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`),
    );
  return JSON.stringify(value) === JSON.stringify(other) ? [] : [[path, value]];
}
