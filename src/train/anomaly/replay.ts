import { anomalyLines, largestInShort } from '../../autograd/anomaly/describe.ts';
import { findAnomaly, findLargest } from '../../autograd/anomaly/findAnomaly.ts';
import type { Anomaly } from '../../autograd/anomaly/findAnomaly.ts';
import type { TapeObserver } from '../../autograd/tapeOptions.ts';
import type { OnProgress } from '../../data/progress.ts';
import { BertrandError } from '../../error.ts';
import { DivergenceError } from '../divergence.ts';
import { train } from '../loop.ts';
import type { Observer, Training } from '../loop.ts';
import { LossWindow } from '../lossWindow.ts';
import { readParameters, writeParameters } from '../modelState.ts';
import { largeGradients, spoiltValidation, spoiltWeights } from './afterStep.ts';
import { findingOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** How a run goes back, to make a step once more. */
export interface Rewind {
  /** Puts back the newest state that is kept. @returns its step */
  readonly back: () => Promise<number>;
  readonly stopRequested: () => boolean;
  readonly onProgress: OnProgress;
}

/**
 * Makes the steps up to `step` once more from the newest state that is kept, that one with every result of forward and backward
 * looked at. Leaves the training at that step.
 */
export async function replay(
  training: Training,
  step: number,
  { back, stopRequested, onProgress }: Rewind,
): Promise<Finding> {
  const from = await back();
  const run = async (start: number, end: number, observer?: TapeObserver): Promise<void> => {
    const seen = (made: number): void => onProgress({ stage: 'replaying', done: made - from, total: step - from });
    const last = await train(quietly(training, observer), start, untilStep(end, stopRequested, seen)).catch(
      (error: unknown) => {
        if (error instanceof DivergenceError && end === step) return { step: end }; // that it diverges is known
        throw error;
      },
    );
    if (last.step < end) throw new BertrandError('the replay was stopped');
  };
  if (step - 1 > from) await run(from, step - 1);
  const { device, model, optimizer } = training;
  const [weights, moments] = [await readParameters(model.parameters), await optimizer.state()];
  const pass = async (observer: TapeObserver): Promise<void> => {
    writeParameters(model.parameters, weights);
    optimizer.restore(moments);
    await run(step - 1, step, observer);
  };
  const anomaly = await findAnomaly(device, pass);
  if (anomaly) return findingOf(anomaly);
  return (
    (await largeGradients(training)) ??
    (await spoiltWeights(training)) ??
    (await spoiltValidation(training)) ??
    nothing(await findLargest(device, pass))
  );
}

/** Fused kernels may overflow where ops one by one do not: then the largest numbers say where. */
function nothing(largest: Anomaly | undefined): Finding {
  const sentence = 'made once more, op by op and without fused kernels, no number of the step was infinite or NaN';
  return largest ? { sentence: `${sentence}; ${largestInShort(largest)}`, lines: anomalyLines(largest) } : { sentence };
}

/** The same training without log, validations and checkpoints. */
function quietly(training: Training, observer: TapeObserver | undefined): Training {
  const { config } = training;
  const never = { every: Infinity };
  return {
    ...training,
    ...(observer && { observer }),
    config: {
      ...config,
      log: { ...config.log, ...never },
      validate: { ...config.validate, ...never },
      checkpoint: { ...config.checkpoint, ...never },
    },
    window: new LossWindow(),
  };
}

/** Asks to stop after a step. */
function untilStep(end: number, stopRequested: () => boolean, seen: (step: number) => void): Observer {
  let made = 0;
  return {
    onStep: (step) => seen((made = step)),
    onTrain: () => {},
    onValidate: () => {},
    save: () => Promise.resolve(),
    stopRequested: () => made === end || stopRequested(),
  };
}
