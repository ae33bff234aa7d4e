/**
 * What ranks cost: tokens a second of `mini` on 1 to 4 ranks that share the cores of this machine, latency and bandwidth of sums over
 * loopback TCP, and from both what 2 to 1024 machines like this one would give, as a table and as a chart.
 *
 *     node --import tsx scripts/bench-ranks.ts [--steps 12] [--rounds 3] [--only measure|predict] [--tokens-per-second N]
 *                                             [--svg docs/scaling.svg]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findLauncher } from '../src/ranks/launcher.node.ts';
import { openJob } from '../src/ranks/openJob.node.ts';
import { median } from '../src/train/measure/syntheticTraining.ts';
import { scenarioChart, scenarios, scenarioTable } from './ranks/scenarios.ts';

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'tokens-per-second': { type: 'string' },
    svg: { type: 'string' },
  },
});
const MPIRUN = ['mpirun.openmpi', '--allow-run-as-root', '--oversubscribe', '--mca', 'btl', 'tcp,self'];
const own = fileURLToPath(import.meta.url);

const launcher = findLauncher();
if (launcher) await timeSums();
else {
  const measured = values.only === 'predict' ? undefined : measure();
  if (values.only !== 'measure') predict(Number(values['tokens-per-second'] ?? measured ?? NaN));
}

/** On each of several ranks: prints what sums of some sizes take. */
async function timeSums(): Promise<void> {
  if (!launcher) return;
  const job = await openJob(launcher);
  for (const bytes of [8, 4096, 2 ** 18, 2 ** 20, 2 ** 22]) {
    const numbers = new Float32Array(Math.max(2, bytes / 4));
    const times: number[] = [];
    for (let i = 0; i < 60; i++) {
      const begin = performance.now();
      await job.sum(numbers);
      times.push(performance.now() - begin);
    }
    const milliseconds = median(times.slice(10));
    const rate = (2 * (job.size - 1) * bytes) / job.size / milliseconds / 1e6;
    if (job.rank === 0)
      console.log(`${job.size} ranks, ${bytes} bytes: ${milliseconds.toFixed(3)} ms, ${rate.toFixed(2)} GB/s`);
  }
  job.close();
}

/** @returns tokens a second of one process on all cores, the best of the rounds */
function measure(): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ranks-'));
  const cores = availableParallelism();
  const best = new Map<string, { rate: number; waited: number }>();
  try {
    writeInputs(folder);
    for (let round = 0; round < Number(values.rounds); round++)
      for (const ranks of [1, 2, 4]) {
        const threads = Math.max(1, Math.floor(cores / ranks));
        const name = `${ranks} ranks of ${threads} threads`;
        const found = timedRun(folder, ranks, threads);
        if (found.rate > (best.get(name)?.rate ?? 0)) best.set(name, found);
      }
    for (const [name, { rate, waited }] of best)
      console.log(
        `${name}: ${Math.round(rate)} tokens/s, ${(1000 * waited).toFixed(1)} ms of a step waited (best of ${values.rounds})`,
      );
    for (const ranks of [2, 3])
      run([...MPIRUN, '-n', String(ranks), process.execPath, '--import', 'tsx', own], process.cwd(), true);
    return best.get(`1 ranks of ${cores} threads`)?.rate ?? NaN;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timedRun(folder: string, ranks: number, threads: number): { rate: number; waited: number } {
  rmSync(join(folder, 'run'), { recursive: true, force: true });
  const program = [process.execPath, fileURLToPath(new URL('../bin/bertrand.mjs', import.meta.url))];
  const launched = ranks === 1 ? program : [...MPIRUN, '--bind-to', 'none', '-n', String(ranks), ...program];
  run([...launched, 'pretrain', 'mini.yaml', '--set', `cpu.threads=${threads}`], folder, false);
  const lines = readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const steps = lines
    .map((line) => JSON.parse(line) as { event: string; tokensPerSecond: number; secondsWaited?: number })
    .filter(({ event }) => event === 'train')
    .slice(2);
  return {
    rate: median(steps.map(({ tokensPerSecond }) => tokensPerSecond)),
    waited: median(steps.map(({ secondsWaited = 0 }) => secondsWaited)),
  };
}

function run([command, ...args]: string[], cwd: string, shown: boolean): void {
  const { status, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', shown ? 'inherit' : 'ignore', 'pipe'],
  });
  if (error || status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

/** `mini` of docs/benchmarks.md on made-up words: a step has four micro-batches of four sequences. */
function writeInputs(folder: string): void {
  const words = Array.from({ length: 8187 }, (_, i) => `w${i.toString(36)}`);
  writeFileSync(join(folder, 'vocab.txt'), ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words].join('\n'));
  const documents = Array.from({ length: 1000 }, (_, i) =>
    Array.from({ length: 300 }, (__, j) => words[(i * 7919 + j * j) % words.length]).join(' '),
  );
  writeFileSync(join(folder, 'text.txt'), documents.join('\n\n'));
  writeFileSync(
    join(folder, 'mini.yaml'),
    `out: run
data: { corpus: [text.txt], documents: blank-line, sequenceLength: 128, tokenizer: { vocab: vocab.txt } }
model: { layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 }
train: { steps: ${values.steps}, batchSize: 4, accumulate: 4 }
validate: { every: 1000, batches: 1 }
checkpoint: { every: 1000 }
log: { every: 1 }
`,
  );
}

/** @param rate tokens a second of `mini` on a machine like this one */
function predict(rate: number): void {
  if (!(rate > 0)) throw new Error('--only predict needs --tokens-per-second, a number above 0');
  console.log(scenarioTable(scenarios(rate)));
  if (values.svg) writeFileSync(values.svg, scenarioChart(rate));
}
