import { Tape } from '../autograd/tape.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Bert, MaskedInput } from '../bert/Bert.ts';
import type { Device } from '../kernels/device.ts';
import type { AdamW } from './optimizer/adamw.ts';

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
  readonly optimizer: AdamW;
  /** What is made again in backward instead of kept: the activations of each block, or nothing (the default). */
  readonly recompute?: Recompute;
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

/**
 * One optimizer step on the sum of the micro-batches' gradients. Only enqueues; dropout masks depend on seed and step.
 * @param count what the sum of the losses is divided by: the number of labels, if left out
 */
export function trainStep<Batch extends { readonly labels: Int32Array }>(
  { device, model, optimizer, recompute }: Learner<Learnable<Batch>>,
  batches: readonly Batch[],
  seed: number,
  step: number,
  learningRate: number,
  count = batches.reduce((total, { labels }) => total + labels.length, 0),
): StepResult {
  const losses = batches.map((batch, i) => {
    const tape = new Tape(device, { seed, step: `${step}/${i}`, recompute: recompute === 'blocks' });
    const loss = model.loss(tape, batch, count); // ()
    const value = loss.read();
    tape.backward(loss, optimizer.lossScale?.state);
    return value;
  });
  return {
    loss: Promise.all(losses).then((values) => values.reduce((total, [loss]) => total + loss, 0)),
    gradNorm: optimizer.step(learningRate), // clips and updates
    skips: optimizer.lossScale !== undefined,
  };
}
