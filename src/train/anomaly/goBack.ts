import type { Parameters } from '../../autograd/parameters/parameters.ts';
import type { OnProgress } from '../../data/progress.ts';
import { BertrandError } from '../../error.ts';
import type { Training } from '../loop.ts';
import { writeParameters } from '../modelState.ts';
import { withoutRaw } from '../optimizer/weightAverage.ts';
import type { StoredCheckpoint } from '../run/checkpoint/checkpoint.ts';
import { replay } from './replay.ts';

/** What a run that diverges can go back to. */
export interface EarlierStates {
  /** Reads a checkpoint of the run. */
  readonly checkpoint: (path: string) => Promise<StoredCheckpoint>;
  /** Gives parameters the weights that the run began with, where they were not random. */
  readonly begin: (parameters: Parameters) => Promise<void>;
  readonly onProgress: OnProgress;
}

/** Where a run has diverged. */
export interface Divergence {
  readonly step: number;
  /** The newest checkpoint's path. */
  readonly saved: string | undefined;
  readonly stopRequested: () => boolean;
}

/** Makes a step that diverged once more, and shows what is found. @returns the same in a sentence */
export async function explained(
  training: Training,
  { step, saved, stopRequested }: Divergence,
  earlier: EarlierStates,
): Promise<string> {
  const { onProgress } = earlier;
  const back = (): Promise<number> => goBack(training, saved, earlier);
  try {
    const { sentence, lines } = await replay(training, step, { back, stopRequested, onProgress });
    if (lines !== undefined)
      onProgress({ notice: `step ${step}, made once more with every result looked at:\n${lines}` });
    return sentence;
  } catch (error) {
    if (!(error instanceof BertrandError)) throw error;
    return `the step could not be made once more: ${error.message}`;
  }
}

async function goBack(
  { model: { parameters }, optimizer, average }: Training,
  saved: string | undefined,
  { checkpoint, begin }: EarlierStates,
): Promise<number> {
  if (saved === undefined) {
    parameters.initialise();
    await begin(parameters);
    optimizer.restart();
    return 0;
  }
  const { model: weights, optimizer: tensors, state } = await checkpoint(saved);
  writeParameters(parameters, weights);
  average?.restore(tensors);
  optimizer.restore({ steps: Number(state.optimizerSteps), tensors: withoutRaw(tensors) });
  return state.step;
}
