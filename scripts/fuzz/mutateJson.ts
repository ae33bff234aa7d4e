import type { Draws } from './random.ts';

/** Texts that are put into JSON as they are, though no value is written like that. */
const RAW = '\u0001raw:';

/** Paths that lead out of a folder, if anyone follows them; the second to where nothing may be written. */
export const PATHS = ['../../escaped', '/dev/null', '/dev/zero', '/proc/self/environ', '~/escaped', './nothing'];

const HOSTILE: readonly ((draws: Draws) => unknown)[] = [
  (draws) => draws.pick([null, true, false, '', [], {}, 0, -1, 1, 2, 0.5, 1e-320, 1e300, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53)]), // prettier-ignore
  (draws) => RAW + draws.pick(['1e999', '-1e999', '9'.repeat(400), `0.${'1'.repeat(400)}`, '-0', '1e-999', '"\\ud800"']), // prettier-ignore
  (draws) => draws.pick(['__proto__', 'constructor', 'toString', '\u001b[31mred\u0007', '\u202Eback', 'NaN', '\0', 'x'.repeat(100_000), '**/*', '!', '\\', '%s%n', '12345678'.repeat(8)]), // prettier-ignore
  (draws) => draws.pick(PATHS),
  (draws) => nested(draws.pick([10, 100, 3000, 100_000]), draws.chance(0.5)),
  (draws) => Array.from({ length: draws.pick([1, 20, 20_000]) }, (_, i) => draws.pick([i, String(i), null])),
  (draws) => Object.fromEntries(Array.from({ length: draws.pick([2, 50, 20_000]) }, (_, i) => [`k${i}`, i])),
];

const nested = (depth: number, keys: boolean): string =>
  RAW + (keys ? `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}` : '['.repeat(depth) + ']'.repeat(depth));

const KEYS = ['__proto__', 'constructor', 'hasOwnProperty', 'length', '', ' ', '\0', '0', 'x'.repeat(5000), 'type'];

interface Slot {
  readonly container: Record<string, unknown>;
  readonly key: string;
}

/** The value as JSON, with one to three of its values or keys changed to something nobody writes. */
export function mutateJson(value: unknown, draws: Draws): string {
  const root = { value: structuredClone(value) };
  for (let count = 1 + draws.below(3); count > 0; count--) {
    const slots = slotsOf(root);
    if (slots.length === 0) break; // all was taken away
    change(draws.pick(slots), slots, draws);
  }
  const raw = JSON.stringify(root.value) ?? '';
  return raw.replaceAll(/"\\u0001raw:((?:[^"\\]|\\.)*)"/g, (_, text: string) => JSON.parse(`"${text}"`) as string);
}

function change({ container, key }: Slot, slots: readonly Slot[], draws: Draws): void {
  const kind = draws.below(10);
  if (kind < 5) set(container, key, draws.pick(HOSTILE)(draws));
  else if (kind === 5 && !Array.isArray(container)) Reflect.deleteProperty(container, key);
  else if (kind === 6) {
    const other = draws.pick(slots);
    set(container, key, structuredClone(other.container[other.key]));
  } else if (kind === 7) {
    const inside = container[key];
    if (typeof inside === 'object' && inside !== null)
      set(inside as Record<string, unknown>, draws.pick(KEYS), draws.pick(HOSTILE)(draws));
  } else if (kind === 8 && typeof container[key] === 'number')
    set(container, key, container[key] + draws.pick([-1, 1, 2 ** 16, 0.5]));
  else {
    const text = JSON.stringify(container[key]) ?? 'null'; // the key twice
    if (text.length < 10_000) set(container, key, `${RAW}${text},${JSON.stringify(key)}:${text}`);
  }
}

/** As an own key, whatever its name; lists have only their items. */
function set(container: Record<string, unknown>, key: string, value: unknown): void {
  if (!Array.isArray(container) || /^\d+$/.test(key))
    Object.defineProperty(container, key, { value, enumerable: true, writable: true, configurable: true });
}

/** Places of values; of long lists and tables the first few. */
function slotsOf(root: Record<string, unknown>): Slot[] {
  const found: Slot[] = [];
  const visit = (container: Record<string, unknown>): void => {
    for (const key of Object.keys(container).slice(0, 40)) {
      found.push({ container, key });
      const inside = container[key];
      if (typeof inside === 'object' && inside !== null) visit(inside as Record<string, unknown>);
    }
  };
  visit(root);
  return found;
}
