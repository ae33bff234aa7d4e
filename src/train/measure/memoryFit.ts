import type { ModelOptions } from '../../bert/options.ts';
import type { Recompute } from '../step.ts';
import { dryRun, STANDARD } from './dryRun.ts';
import type { StepChoice } from './dryRun.ts';
import { syntheticBatch } from './syntheticBatch.ts';

/** The most sequences in a batch whose training fits a memory, by what is recomputed; 0 if not even one does. */
export interface MemoryFit {
  /** GiB. */
  readonly memory: number;
  readonly batch: { readonly [R in Recompute]: number };
}

const GIB = 2 ** 30;
/** The part of a memory that training may fill; the rest is for the system, the driver and sizes that the pool rounds up. */
const SHARE = 0.9;

/** What fits memories of these sizes: the fullest moment of a step grows in proportion to the batch. */
export function memoryFits(
  options: ModelOptions,
  length: number,
  probability: number,
  choice: StepChoice = STANDARD,
  memories: readonly number[] = [4, 8, 16],
): MemoryFit[] {
  const few = Math.ceil(8192 / length); // sequences: enough that activations decide
  const peak = (batch: number, recompute: Recompute): number =>
    dryRun(options, syntheticBatch(batch, length, options.vocabSize, probability), { ...choice, recompute }).peakMemory;
  const most = (recompute: Recompute): ((memory: number) => number) => {
    const [less, more] = [peak(few, recompute), peak(2 * few, recompute)];
    const each = (more - less) / few;
    return (memory) => Math.max(0, Math.floor(few + (SHARE * memory * GIB - less) / each));
  };
  const [none, blocks] = [most('none'), most('blocks')];
  return memories.map((memory) => ({ memory, batch: { none: none(memory), blocks: blocks(memory) } }));
}
