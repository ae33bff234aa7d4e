import { basename } from 'node:path';
import type { Evaluation } from '../../train/evaluate/evaluation.ts';
import type { Diagnosis } from '../../train/diagnose/diagnose.ts';
import { bertrand } from '../arguments/invocation.ts';
import { quoted } from '../arguments/quoted.ts';
import { noteLines } from '../print/notes.ts';
import { perCharacter } from '../print/perCharacter.ts';
import { formatDuration } from './format.ts';
import { compared } from './trainingLines.ts';

/** What a run has come to. */
export interface Outcome {
  /** Steps made, and how long they took, since it began or went on. */
  readonly steps: number;
  readonly seconds: number;
  /** The last validation, and its step. */
  readonly last: { readonly step: number; readonly evaluation: Evaluation } | undefined;
  /** The least validation loss since it began or went on. */
  readonly best: { readonly step: number; readonly loss: number } | undefined;
  /** Its folder. */
  readonly out: string;
  /** What seems to be wrong with it. */
  readonly diagnoses?: readonly Diagnosis[];
}

/** The end of a run: loss, time, folder and what to do next, in lines of 80 columns where its path is short. */
export function lastLines({ steps, seconds, last, best, out, diagnoses = [] }: Outcome): string {
  const run = quoted(out);
  return [
    ...(last
      ? [
          `loss    ${last.evaluation.loss.toFixed(4)} nats on the validation text, ${compared(last.evaluation.loss, last.evaluation.contextFreeLoss)} than without context`,
          `        ${perCharacter(last.evaluation)}`,
        ]
      : []),
    ...(last && best && best.step < last.step ? [`best    ${best.loss.toFixed(4)} at step ${best.step}`] : []),
    `time    ${formatDuration(seconds)} for ${steps} ${steps === 1 ? 'step' : 'steps'}`,
    ...noteLines(diagnoses),
    `run     ${out}`,
    `next    ${bertrand} fill-mask ${run} "the [MASK] of"`,
    `        ${bertrand} evaluate ${run}`,
    `        ${bertrand} report ${run} --out ${quoted(`${basename(out)}.html`)}`,
  ].join('\n');
}
