import { systemReason } from '../../error.ts';

/** Characters that a terminal would interpret instead of showing: control characters except tab and newline, and those that change the direction of text. */
// eslint-disable-next-line no-control-regex -- control characters are what it matches
const OBEYED = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The text with such characters written as JSON escapes, since much of what is printed comes from untrusted files. */
export const visible = (text: string): string => text.replaceAll(OBEYED, escaped);

/** The same for text that must stay on one line. */
export const inLine = (text: string): string => visible(text).replaceAll(/[\t\n]/g, escaped);

/**
 * Watches for a standard output that takes no more. A run that is training then saves and stops, as when it is asked to; one
 * that has yet to begin ends with the reason. Any other command ends: quietly where its reader has seen enough (`| head`),
 * otherwise with the reason.
 * @param trains whether the command is one that trains
 */
export function watchOutput(trains: boolean): void {
  process.stderr.on('error', () => {}); // a terminal that was closed must not keep a run from saving
  let isLost = false;
  const lost = (error: Error): void => {
    if (isLost) return;
    isLost = true;
    outputLost(error, trains);
  };
  process.stdout.on('error', lost);
  process.on('exit', (code) => {
    if (code === 0 && process.stdout.errored) lost(process.stdout.errored); // of the help: yargs ends before the event
  });
}

function outputLost(error: Error, trains: boolean): void {
  const training = process.listenerCount('SIGTERM') > 0;
  const quiet = 'code' in error && error.code === 'EPIPE' && !trains;
  if (!quiet)
    printError(
      `the output cannot be written: ${systemReason(error) ?? error.message}${training ? '; saving and stopping' : ''}`,
    );
  if (training) process.kill(process.pid, 'SIGTERM');
  else process.exit(quiet ? 0 : 1);
}

/** On a terminal, with its lines broken between words. A table keeps its lines: broken ones are harder to read. */
function wrapped(text: string, { isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): string {
  if (!isTTY || !columns) return text;
  const lines = text.split('\n').map((line) => {
    if (line.length <= columns || /\S {2,}\S/.test(line)) return line;
    const broken: string[] = [];
    let current = '';
    for (const word of line.split(' ')) {
      if (current && current.length + 1 + word.length > columns) {
        broken.push(current);
        current = word;
      } else current = current ? `${current} ${word}` : word;
    }
    return [...broken, current].join('\n');
  });
  return lines.join('\n');
}

/** Writes lines to the standard output. Everything the commands print goes through here or through LiveOutput. */
export function print(text: string): void {
  console.log(wrapped(visible(text), process.stdout));
}

/** Writes lines to the standard error. */
export function printError(text: string): void {
  console.error(wrapped(visible(text), process.stderr));
}
