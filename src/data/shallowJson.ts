/** No file that is read here nests deeper, and one that did would exhaust the stack of the code that walks it. */
const DEEPEST = 64;

/** JSON.parse of a file's text. Throws an Error that says what is wrong, nesting too deep included. */
export function parseShallowJson(text: string): unknown {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEEPEST) throw new Error(`it nests deeper than ${DEEPEST}`);
  }
  return JSON.parse(text) as unknown;
}

/** Where the string that begins at `start` ends, or the text. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end;
}
