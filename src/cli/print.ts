/** What a terminal obeys instead of showing it, but for tabs and ends of lines: control characters, and those that turn the direction of text. */
// eslint-disable-next-line no-control-regex -- that is what they are
const OBEYED = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with all that a terminal would obey written as JSON escapes: much of what is printed comes from files of strangers. */
export const visible = (text: string): string => text.replaceAll(OBEYED, escaped);

/** The same for what must stay within its line. */
export const inLine = (text: string): string => visible(text).replaceAll(/[\t\n]/g, escaped);

/** Writes lines to the standard output. All that the commands print goes through here or through LiveOutput. */
export function print(text: string): void {
  console.log(visible(text));
}

/** Writes lines to the standard error. */
export function printError(text: string): void {
  console.error(visible(text));
}
