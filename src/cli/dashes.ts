/** No argument of a process can hold this character. */
const SHIELD = '\0';

/**
 * Arguments as yargs is to see them: what is behind a `--`, a lone dash, and a dash with a space behind it are texts, and
 * yargs would take them for options.
 */
export function shieldTexts(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args
    .filter((_, i) => i !== end)
    .map((arg, i) => ((end !== -1 && i >= end) || /^-(?:\s|$)/.test(arg) ? SHIELD + arg : arg));
}

/** What was typed. */
export const unshielded = (text: string): string => text.replaceAll(SHIELD, '');
