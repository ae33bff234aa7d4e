import * as z from 'zod';
import { deviceChoices } from '../../../kernels/choose.ts';
import type { CpuOptions } from '../../../kernels/cpu/index.ts';
import { blasNames } from '../../../kernels/cpu/blas/libraries.ts';
import { productsNames } from '../../../kernels/cpu/products/products.ts';
import { tileChoices } from '../../../kernels/cpu/tiles/tileChoices.ts';
import { dataTable } from './dataTable.ts';
import { modelTable } from './modelTable.ts';
import { trainTable } from './trainTable.ts';
import { count, name, nonNegative, share } from './valueTypes.ts';

export const cpu = z.strictObject({
  threads: z
    .union([z.literal('auto'), count.max(1024)])
    .default('auto')
    .describe('Threads of the cpu device; auto for all cores'),
  products: z
    .union([
      z.enum(productsNames),
      z
        .enum(blasNames)
        .describe(
          `${blasNames.join(', ')} (a path goes into the environment variable BERTRAND_BLAS, never into a config)`,
        ),
    ])
    .default('auto')
    .describe(
      'Who computes products: the fastest, machine code, the same by AMX, a system BLAS (or the one named), or WebAssembly; AMX and a BLAS differ in the last bits; emulated is for bf16 where the processor has none, and slow',
    ),
  tile: z
    .enum(tileChoices)
    .default('auto')
    .describe(
      'The tile of products in WebAssembly; auto for the faster here, which may be wide from Node 24 on; results are equal',
    ),
} satisfies Record<Exclude<keyof CpuOptions, 'fusedMultiplyAdd' | 'precision' | 'vectorBits' | 'amx'>, z.ZodType>);

const validate = z.strictObject({
  every: count.default(100).describe('Steps between validations; there is always one after the last step'),
  batches: count.default(20).describe('Batches a validation'),
  maskingProbability: share.gt(0).default(0.15).describe('Share of the tokens to predict; the same ones each time'),
  patience: z
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('Stop after so many validations in a row without a better one; 0: never'),
  minDelta: nonNegative
    .default(0)
    .describe('By how much a loss must be lower than the least so far to count as better'),
});

const checkpoint = z.strictObject({
  every: count.default(100).describe('Steps between checkpoints; there is always one after the last step'),
  keep: count.default(3).describe('How many checkpoints to keep: the newest'),
  best: z
    .boolean()
    .default(true)
    .describe(
      'Keep the one with the least validation loss, too, and save after each validation that is the best so far',
    ),
  milestones: z
    .union([count, z.array(count).max(1000)])
    .default([])
    .describe('Steps whose checkpoints are kept for ever: a list, or a number for all its multiples'),
});

export const log = z.strictObject({
  every: count.default(10).describe('Steps between log lines'),
  tensorboard: z.boolean().default(false).describe("Write TensorBoard's event files into the run's folder, too"),
});

/** Every key of a config with its check, its default and its line of documentation: all else about keys derives from here. */
export const table = z.strictObject({
  seed: z.int().min(0).default(42).describe('All randomness derives from it: the same seed gives the same run'),
  device: z.enum(deviceChoices).default('auto').describe('Where to train; auto takes the fastest that is here'),
  out: name.default('runs/default').describe("The run's folder"),
  cpu: cpu.prefault({}).describe('The cpu device'),
  data: dataTable.prefault({}).describe('Where the text comes from and how it becomes batches'),
  model: modelTable.prefault({}).describe('The model: sizes, and where it departs from the diagram'),
  train: trainTable.prefault({}).describe('Steps, batches, optimizer and learning rate'),
  validate: validate.prefault({}).describe('Loss and accuracy on text that is not trained on'),
  checkpoint: checkpoint.prefault({}).describe('Saving, so that a run can be resumed'),
  log: log.prefault({}).describe('Lines of metrics.jsonl and of the terminal'),
});

/** A config with every key resolved. */
export type Config = z.output<typeof table>;

/** A config as it is written: every key may be left out. */
export type ConfigInput = z.input<typeof table>;
