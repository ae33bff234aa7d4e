/**
 * A config's training in PyTorch, to compare its loss over time with ours: the same batches in the same order, the same initial weights,
 * optimizer, schedule and validation; only dropout draws differ. Writes a run folder with metrics.jsonl as ours, for scripts/curve.ts.
 *
 *     npx bertrand pretrain configs/sotu.yaml --out runs/sotu
 *     node --import tsx scripts/race.ts configs/sotu.yaml --out runs/pytorch [--set path=value ...] [--threads 2]
 *     node --import tsx scripts/curve.ts runs/sotu runs/pytorch --minutes > docs/race.svg
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bert } from '../src/bert/Bert.ts';
import type { MaskedInput } from '../src/bert/Bert.ts';
import { openData } from '../src/data/openData.node.ts';
import { openReference } from '../src/kernels/reference/index.ts';
import { loadConfig } from '../src/train/config/loadConfig.node.ts';
import { dataOptions } from '../src/train/config/dataOptions.ts';
import { firstBatches } from '../src/train/evaluate/firstBatches.ts';
import { modelOptions } from '../src/train/config/modelOptions.ts';
import { readParameters } from '../src/train/modelState.ts';
import { scheduleOptions } from '../src/train/config/scheduleOptions.ts';
import { learningRateAt } from '../src/train/optimizer/schedule.ts';
import { openMp } from './peers/torch/found.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: 'runs/pytorch' },
    set: { type: 'string', multiple: true, default: [] },
    threads: { type: 'string', default: '2' },
  },
});
const [path] = positionals;
if (path === undefined) throw new Error('name a config');
const config = loadConfig(path, values.set);
const { steps, accumulate, optimizer, clipNorm } = config.train;
const { norm, firstNorm, normBiases, feedForward, localWindow, decoderTransform } = config.model;
const known =
  norm === 'pre' && firstNorm && normBiases && feedForward === 'plain' && localWindow === 0 && !decoderTransform;
if (steps === 'none' || accumulate > 1 || !known)
  throw new Error(
    'the race knows pre-norm models with all LayerNorms and their biases, a plain FFN and decoder and global attention, without accumulation, and a number of steps',
  );
const data = await openData(dataOptions(config));
const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed).to(openReference());
mkdirSync(values.out, { recursive: true });

const weights = [...(await readParameters(model.parameters))].map(([name, { shape, data }]) => ({ name, shape, data }));
writeFileSync(
  join(values.out, 'weights.bin'),
  Buffer.concat(weights.map(({ data }) => bytes(Float32Array.from(data)))),
);
await writeBatches(
  'train.bin',
  every(steps, (step) => data.train.at(step)),
);
const validation = firstBatches(data.validation, config.validate.batches);
const { labels, seen } = await writeBatches('validation.bin', validation);
const recipe = {
  model: model.options,
  parameters: weights.map(({ name, shape }) => ({ name, shape })),
  decayed: model.parameters.all.filter(({ decays }) => decays).map(({ name }) => name),
  optimizer: { ...optimizer, clipNorm },
  learningRates: Array.from({ length: steps }, (_, i) => learningRateAt(scheduleOptions(config), i + 1)),
  log: config.log.every,
  validate: config.validate.every,
  unigramLoss: data.baseline.frequencyLoss(labels),
  contextFreeLoss: data.baseline.contextFreeLoss(labels, seen),
};
writeFileSync(join(values.out, 'recipe.json'), JSON.stringify(recipe));
await data.close();

const command = ['scripts/peers/torch/train.py', values.out, '--threads', values.threads];
const { status } = spawnSync('/usr/bin/python3', command, { stdio: 'inherit', env: { ...process.env, ...openMp } });
process.exitCode = status ?? 1;

async function* every<T>(count: number, make: (i: number) => Promise<T>): AsyncGenerator<T> {
  for (let i = 0; i < count; i++) yield await make(i);
}

/** Each batch as rows, length, number of predictions, ids, segments, spans, positions and labels; returns all labels, and the tokens seen in their places. */
async function writeBatches(
  file: string,
  batches: AsyncIterable<MaskedInput>,
): Promise<{ labels: Int32Array; seen: Int32Array }> {
  const target = openSync(join(values.out, file), 'w');
  const all = { labels: [] as number[], seen: [] as number[] };
  for await (const { batch, length, ids, segments, spans, positions, labels } of batches) {
    const sizes = Int32Array.of(batch, length, labels.length);
    for (const part of [sizes, ids, segments, spans, positions, labels]) writeSync(target, bytes(part));
    all.labels.push(...labels);
    all.seen.push(...positions.map((position) => ids[position]));
  }
  closeSync(target);
  return { labels: Int32Array.from(all.labels), seen: Int32Array.from(all.seen) };
}

function bytes(array: Float32Array | Int32Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}
