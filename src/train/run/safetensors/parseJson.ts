import { MOST_DIMENSIONS, MOST_TENSORS } from './dtypes.ts';

/** No header of a real file nests deeper; millions of brackets would take JSON.parse all memory there is. */
const DEEPEST = 8;

/** A tensor's name, and three of its own. */
const MOST_KEYS = 4 * MOST_TENSORS;

/** An open object or array: the object's keys so far, and the number of its members. */
interface Open {
  readonly isObject: boolean;
  keys?: Set<string>;
  count: number;
}

/**
 * Parses JSON in which no object names a key twice, every number is whole and safe, nothing is deeply nested and nothing
 * holds more than a header has use for, all of which JSON.parse lets pass. Throws an Error that says what is wrong.
 */
export function parseJson(text: string): unknown {
  checkStrictness(text);
  return JSON.parse(text);
}

function checkStrictness(text: string): void {
  const open: Open[] = [];
  let keyNext = false;
  let keys = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (open.length > DEEPEST) throw new Error(`it nests deeper than ${DEEPEST}`);
    if (character === '{') {
      open.push({ isObject: true, count: 0 });
      keyNext = true;
    } else if (character === '[') open.push({ isObject: false, count: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',') keyNext = another(open.at(-1));
    else if (character === '"') {
      const end = endOfString(text, at);
      if (keyNext && ++keys > MOST_KEYS) throw new Error(`it has more than ${MOST_KEYS} keys`);
      if (keyNext) addKey(open.at(-1), JSON.parse(text.slice(at, end)) as string);
      keyNext = false;
      at = end - 1;
    } else if (character === '-' || isDigit(character)) {
      const end = endOfNumber(text, at);
      const number = text.slice(at, end);
      if (!/^\d+$/.test(number) || !Number.isSafeInteger(Number(number)))
        throw new Error(`${number.slice(0, 40)} is not a whole number from 0 to 2^53 - 1`);
      at = end - 1;
    }
  }
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';

/** Counts one more member of the enclosing object or array. @returns whether a key comes next. */
function another(around: Open | undefined): boolean {
  if (!around) return false;
  around.count += 1;
  const most = around.isObject ? MOST_TENSORS : MOST_DIMENSIONS;
  if (around.count < most) return around.isObject;
  throw new Error(around.isObject ? `an object has more than ${most} keys` : `a list has more than ${most} items`);
}

function addKey(object: Open | undefined, key: string): void {
  if (!object) return;
  object.keys ??= new Set();
  if (object.keys.has(key)) throw new Error(`the key ${JSON.stringify(key.slice(0, 200))} stands twice in one object`);
  object.keys.add(key);
}

function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && /[\d.eE+-]/.test(text[end])) end++;
  return end;
}
