import type { Diagnosis } from '../../train/diagnose/diagnose.ts';

const WIDTH = 80;
const INDENT = 8;

/** What may be wrong and what to try, in lines of 80 columns under the names of the last lines of a run. */
export const noteLines = (diagnoses: readonly Pick<Diagnosis, 'finding' | 'advice'>[]): string[] =>
  diagnoses.flatMap(({ finding, advice }) => [...wrapped('note', finding), ...wrapped('try', advice)]);

/** Lines of which the first begins with a name. */
function wrapped(name: string, text: string): string[] {
  const lines: string[] = [];
  let line = name.padEnd(INDENT - 1);
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== '' && line.length >= INDENT) {
      lines.push(line);
      line = ' '.repeat(INDENT - 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
