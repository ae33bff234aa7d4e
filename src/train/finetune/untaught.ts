import { BertrandError } from '../../error.ts';
import type { LabelledExamples } from './labelledSequences.ts';

/**
 * A notice of each label that no row to train on has, with how many rows to validate on have it.
 * @param files the files to train on, as messages call them
 * @param names all labels
 * @throws BertrandError if the rows to train on have a single label, so that there is nothing to be learnt
 */
export function untaught(
  files: string,
  names: readonly string[],
  train: LabelledExamples,
  validation: LabelledExamples,
): string[] {
  const taught = new Set(train.labels.flat());
  if (taught.size < 2)
    throw new BertrandError(
      `${files}: all rows to train on have the label ${[...taught].map((label) => names[label]).join()}; expected at least two labels`,
      { advice: 'add rows of other labels' },
    );
  return names.flatMap((name, label) => {
    if (taught.has(label)) return [];
    const rows = validation.labels.filter((labels) => labels.includes(label)).length;
    return [`no row to train on has the label ${name}, which ${rows} to validate on have: it cannot be learnt`];
  });
}
