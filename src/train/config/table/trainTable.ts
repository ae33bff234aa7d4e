import * as z from 'zod';
import { precisions } from '../../../kernels/choose.ts';
import { count, extent, nonNegative, positive, properShare, share } from './valueTypes.ts';

export const optimizer = z.strictObject({
  name: z
    .enum(['adamw', 'stableadamw', 'muon', 'lion'])
    .default('adamw')
    .describe(
      'AdamW (Loshchilov and Hutter 2019), StableAdamW, which clips the update of each tensor (Wortsman et al. 2023), Muon for hidden matrices and AdamW for the rest (Jordan et al. 2024), or Lion (Chen et al. 2023)',
    ),
  learningRate: positive
    .default(1e-3)
    .describe('The greatest learning rate, reached when warm-up ends; 0.02 for muon, 3e-4 for lion'),
  betas: z
    .tuple([properShare, properShare])
    .default([0.9, 0.98])
    .describe("Decay rates of AdamW's two moments; of Lion's momentum in an update and in the next, [0.9, 0.99]"),
  epsilon: positive.default(1e-6).describe("Added to the second moment's root"),
  momentum: properShare.default(0.95).describe("muon: decay rate of the hidden matrices' momentum"),
  adamLearningRate: positive
    .default(1e-3)
    .describe("muon: AdamW's greatest learning rate, for embeddings, the decoder, biases and norms"),
  weightDecay: nonNegative.default(0.01).describe('Applied to matrices, not to biases and norms'),
});

export const schedule = z.strictObject({
  name: z
    .enum(['linear', 'cosine', 'constant', 'inverse-square-root', 'wsd'])
    .default('linear')
    .describe('How the learning rate goes on after warm-up; wsd: stays, and then decays (Hu et al. 2024)'),
  warmup: z
    .union([properShare, count])
    .default(0.06)
    .describe('Linear warm-up from 0: below 1 a share of the run, from 1 a number of steps'),
  decay: z
    .union([properShare, count])
    .default(0.1)
    .describe('The last part of wsd, in which the rate falls: below 1 a share of the run, from 1 a number of steps'),
  decayShape: z
    .enum(['linear', 'cosine', 'one-minus-sqrt'])
    .default('one-minus-sqrt')
    .describe('How it falls there: one-minus-sqrt as 1 - sqrt(share of the decay) (Hägele et al. 2024)'),
  final: share.default(0).describe('Share of the learning rate that is left at the last step (linear, cosine, wsd)'),
  restarts: z
    .array(count)
    .max(100)
    .default([])
    .describe(
      'Steps after which it begins again, warm-up and all: for a finished run that is made longer, its old train.steps',
    ),
});

/** Steps, batches, optimizer. */
export const trainTable = z.strictObject({
  steps: z
    .union([count, z.literal('none')])
    .default(1000)
    .describe('Optimizer steps; none where tokens, epochs or minutes say how long to train'),
  tokens: z
    .union([z.number().min(1).max(1e15), z.literal('none')])
    .default('none')
    .describe('How long to train instead of steps: tokens, padding left out'),
  epochs: z
    .union([positive.max(1e6), z.literal('none')])
    .default('none')
    .describe('How long to train instead of steps: passes over the training text'),
  minutes: z
    .union([z.number().min(0.01).max(1e7), z.literal('none')])
    .default('none')
    .describe(
      'How long to train instead of steps: by the clock, validation and saving included; the learning rate follows the clock too',
    ),
  batchSize: extent.default(32).describe('Sequences in a batch'),
  accumulate: extent.default(1).describe('Batches whose gradients one step adds up'),
  batchWarmup: z
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('Steps over which the batches of a step grow from one to train.accumulate; 0: always as many'),
  precision: z
    .enum(precisions)
    .default('f32')
    .describe(
      'Number format of what is multiplied; f16 (also of activations) needs a GPU that has it, bf16 a processor with AVX512_BF16. Weights are f32',
    ),
  recompute: z
    .enum(['none', 'blocks'])
    .default('none')
    .describe(
      "What is made again in backward to save memory: blocks keeps only each block's input, for a third more time",
    ),
  shardOptimizer: z
    .boolean()
    .default(false)
    .describe(
      "Whether several ranks keep a part each of the optimizer's moments, to save memory; losses are the same but for rounding",
    ),
  clipNorm: nonNegative.default(1).describe("The gradients' greatest global norm; 0 for no clipping"),
  optimizer: optimizer.prefault({}).describe('The optimizer'),
  ema: properShare
    .default(0)
    .describe('Decay of a moving average of the weights, which validation and export take in their place; 0 for none'),
  schedule: schedule.prefault({}).describe('The learning rate by step'),
});
