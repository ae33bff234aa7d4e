/** No header of a real file nests deeper; millions of brackets would take JSON.parse all memory there is. */
const DEEPEST = 8;

/**
 * Parses JSON in which no object names a key twice, every number is whole and safe, and nothing is deeply nested, all of
 * which JSON.parse lets pass. Throws an Error that says what is wrong.
 */
export function parseJson(text: string): unknown {
  checkStrictness(text);
  return JSON.parse(text);
}

function checkStrictness(text: string): void {
  const open: (Set<string> | undefined)[] = []; // the keys of each open object; undefined for an array
  let keyNext = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (open.length > DEEPEST) throw new Error(`it nests deeper than ${DEEPEST}`);
    if (character === '{') {
      open.push(new Set());
      keyNext = true;
    } else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',') keyNext = open.at(-1) !== undefined;
    else if (character === '"') {
      const end = endOfString(text, at);
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

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key)) throw new Error(`the key ${JSON.stringify(key.slice(0, 200))} stands twice in one object`);
  keys?.add(key);
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
