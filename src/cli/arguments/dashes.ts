/** No argument of a process can hold this character. */
const SHIELD = '\0';

/** A lone dash, one before what is no letter or digit, or several words: no option has such a name. */
const IS_TEXT = /^-+(?:$|[^\w-]|[^=\s]+\s)/;

/**
 * Arguments as yargs is to see them: what is behind a `--`, a lone dash, and several words that begin with one are texts, and
 * yargs would take them for options.
 */
export function shieldTexts(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args
    .filter((_, i) => i !== end)
    .map((arg, i) => ((end !== -1 && i >= end) || IS_TEXT.test(arg) ? SHIELD + arg : arg));
}

/** What was typed. */
export const unshielded = (text: string): string => text.replaceAll(SHIELD, '');
