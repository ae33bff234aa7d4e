import { Tape } from '../autograd/tape.ts';
import type { TapeObserver, TapeOptions } from '../autograd/tapeOptions.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Bert, MaskedInput } from '../bert/Bert.ts';
import type { Device } from '../kernels/device.ts';
import type { Optimizer } from './optimizer/optimizer.ts';

export interface TrainingBatch extends MaskedInput {
  /** Positions that are not padding. */
  readonly tokens: number;
}

export type Recompute = 'none' | 'blocks';

/** What is learnt from a batch: `loss` is the sum over its labels divided by `count`. */
interface Learnable<Batch> {
  loss(tape: Tape, batch: Batch, count: number): Tensor;
}

/** What learns: a model, its optimizer, and where they compute. */
export interface Learner<Model = Bert> {
  /** Where it computes. */
  readonly device: Device;
  /** What learns. */
  readonly model: Model;
  /** Of the model's parameters. */
  readonly optimizer: Optimizer;
  /** What is made again in backward instead of kept: the activations of each block, or nothing (the default). */
  readonly recompute?: Recompute;
  /** Sees every op of a step, which then is made without fused kernels. */
  readonly observer?: TapeObserver;
}

/** The results of a step, available once the device has computed them. */
export interface StepResult {
  /** Mean over the masked positions of all micro-batches, in nats. */
  readonly loss: Promise<number>;
  /** Global norm of the gradients before clipping; with a loss scale not finite where the step was skipped. */
  readonly gradNorm: Promise<number>;
  /** Whether the optimizer skips steps whose gradients overflow. */
  readonly skips: boolean;
}

/** The micro-batches of a step that are computed here. */
interface Share {
  readonly seed: number;
  readonly step: number;
  /** What the sum of the losses is divided by. */
  readonly count: number;
  /** Their numbers among all of the step, on which dropout masks depend; in order by default. */
  readonly indices?: readonly number[];
  /** What hears of backward through the last of them, when gradients are about to be complete. */
  readonly onStepBack?: TapeOptions['onStepBack'];
}

/** Adds up the micro-batches' gradients. Only enqueues. @returns the loss of each */
export function accumulateGradients<Batch>(
  { device, model, optimizer, recompute, observer }: Learner<Learnable<Batch>>,
  batches: readonly Batch[],
  { seed, step, count, indices, onStepBack }: Share,
): Promise<number>[] {
  return batches.map((batch, i) => {
    const tape = new Tape(device, {
      seed,
      step: `${step}/${indices?.[i] ?? i}`,
      recompute: recompute === 'blocks',
      ...(observer && { observer }),
      ...(onStepBack && i === batches.length - 1 && { onStepBack }),
    });
    const loss = model.loss(tape, batch, count); // ()
    const value = loss.read();
    value.catch(() => {}); // where backward fails, nobody waits for it
    tape.backward(loss, optimizer.lossScale?.state);
    return value.then(([loss]) => loss);
  });
}

/** Clips and updates. @param losses of the micro-batches */
export function finishStep(
  { optimizer }: Pick<Learner, 'optimizer'>,
  losses: Promise<readonly number[]>,
  learningRate: number,
): StepResult {
  return {
    loss: losses.then((values) => values.reduce((total, loss) => total + loss, 0)),
    gradNorm: optimizer.step(learningRate),
    skips: optimizer.lossScale !== undefined,
  };
}

/**
 * One optimizer step on the sum of the micro-batches' gradients. Only enqueues; dropout masks depend on seed and step.
 * @param count what the sum of the losses is divided by: the number of labels, if left out
 */
export function trainStep<Batch extends { readonly labels: Int32Array }>(
  learner: Learner<Learnable<Batch>>,
  batches: readonly Batch[],
  seed: number,
  step: number,
  learningRate: number,
  count = batches.reduce((total, { labels }) => total + labels.length, 0),
): StepResult {
  const losses = accumulateGradients(learner, batches, { seed, step, count });
  return finishStep(learner, Promise.all(losses), learningRate);
}
