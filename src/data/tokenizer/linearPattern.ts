/**
 * Whether a regular expression is one character, escape or class with at most one quantifier, or several characters
 * without any. Matching such a one takes a time linear in the text; others can take a time exponential in it.
 */
export function isLinearPattern(source: string): boolean {
  return SINGLE.test(source) || PLAIN.test(source);
}

const ATOM = String.raw`(?:\\[sSdDwWtnrfv]|\\p\{\w+\}|\\P\{\w+\}|\\[^\w\s]|\[\^?(?:\\.|[^\\[\]])+\]|[^\\^$.|?*+()[\]{}])`;
const SINGLE = new RegExp(String.raw`^${ATOM}(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?$`, 'u');
const PLAIN = new RegExp(`^${ATOM}{1,64}$`, 'u');
