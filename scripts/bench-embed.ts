/**
 * Embedding texts, ours compared with transformers.js with onnxruntime-node: the same texts, the same weights, the same number of
 * threads, tokenisation and mean pooling included. Theirs runs the model as `bertrand export` writes it and without its
 * decoder (`last_hidden_state` alone), on texts in their order and longest first, each with the batch size that was the
 * fastest for it in a trial. All run in turn, for a few rounds: medians, and the median of each round's ratio to ours.
 * Where other programs run as well, the ratio of processor time says more; threads that wait for work count in it.
 *
 *     node --import tsx scripts/bench-embed.ts [--size tiny|mini|small|base] [--texts 1000] [--sentences 1] [--threads 2] [--rounds 5] [--json]
 *
 * `--sentences`: how many sentences a text has.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDevice } from '../src/kernels/choose.ts';
import { Embedder } from '../src/train/embed/embedder.ts';
import { addresses, exportedModel } from './embed/exportedModel.ts';
import { transformersJs } from './embed/transformersJs.ts';
import type { Extract } from './embed/transformersJs.ts';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'mini' },
    texts: { type: 'string', default: '1000' },
    sentences: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const [count, sentences, threads, rounds] = [values.texts, values.sentences, values.threads, values.rounds].map(
  Number,
) as [number, number, number, number];
const sizes: Record<string, string> = {
  tiny: '{ layers: 2, embeddingSize: 128, heads: 2, feedForwardSize: 512 }',
  mini: '{ layers: 4, embeddingSize: 256, heads: 4, feedForwardSize: 1024 }',
  small: '{ layers: 6, embeddingSize: 384, heads: 12, feedForwardSize: 1536 }',
  base: '{ layers: 12, embeddingSize: 768, heads: 12, feedForwardSize: 3072 }',
};
/** Longer texts are left out, because theirs loses the [SEP] of what it cuts. */
const MOST_TOKENS = 256;
const BATCH_SIZES = [1, 4, 16, 64];
/** Milliseconds until the threads of the one before have stopped waiting for work. */
const PAUSE = 300;

const folder = mkdtempSync(join(tmpdir(), 'bench-embed-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const documents = addresses().filter((_, i) => i % 8 === 0);
const model = sizes[values.size].replace('{', '{ preset: bert,');
const { trained, names } = await exportedModel(folder, documents, model, MOST_TOKENS);
const lengthOf = (text: string): number => trained.tokenizer.encode(text).length + 2;
const texts = chosen();
const lengths = new Map(texts.map((text) => [text, lengthOf(text)]));
const tokens = texts.reduce((sum, text) => sum + lengths.get(text)!, 0);
const longestFirst = texts.toSorted((a, b) => lengths.get(b)! - lengths.get(a)!);

const device = await openDevice('cpu', { threads });
const embedder = new Embedder(device, trained.modelOn(device), trained.tokenizer, { normalize: true });
const peer = await transformersJs(folder, threads);
const [exported, lean] = [await peer.open(names.exported), await peer.open(names.lean)];
await expectEqual(exported);

interface Way {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}
const theirs = [
  { name: 'as exported, in order', extract: exported, given: texts },
  { name: 'as exported, longest first', extract: exported, given: longestFirst },
  { name: 'no decoder, in order', extract: lean, given: texts },
  { name: 'no decoder, longest first', extract: lean, given: longestFirst },
];
const ways: Way[] = [{ name: 'Bertrand', run: () => embedder.embed(texts) }];
for (const { name, extract, given } of theirs) {
  const batchSize = await fastest(extract, given);
  ways.push({ name: `transformers.js, ${name}, batches of ${batchSize}`, run: () => extract(given, batchSize) });
}

const times = ways.map((): number[] => []);
const processor = ways.map((): number[] => []);
for (let round = 0; round <= rounds; round++)
  for (const [i, { name, run }] of ways.entries()) {
    await sleep(PAUSE);
    const [before, milliseconds] = [process.cpuUsage(), await timed(run)];
    const { user, system } = process.cpuUsage(before);
    if (round > 0) {
      times[i].push(milliseconds);
      processor[i].push((user + system) / 1000);
    }
    process.stderr.write(`round ${round}: ${name} ${milliseconds.toFixed(0)} ms\n`);
  }
await device.close();

const results = ways.map(({ name }, i) => ({
  name,
  tokensPerSecond: (1000 * tokens) / median(times[i]),
  timesOurs: median(times[i].map((time, round) => time / times[0][round])),
  processorTimesOurs: median(processor[i].map((time, round) => time / processor[0][round])),
}));
const setting = { node: process.version, device: device.description, transformersJs: peer.version };
if (values.json) console.log(JSON.stringify({ ...setting, ...values, tokens, results, times }));
else {
  console.log(`Node ${setting.node}; ${setting.device}; transformers.js ${setting.transformersJs}`);
  console.log(`${values.size}, ${texts.length} texts of ${sentences} sentences, ${tokens} tokens`);
  console.log('tokens/s   x our time   x our processor time');
  for (const { name, tokensPerSecond, timesOurs, processorTimesOurs } of results)
    console.log(
      [
        tokensPerSecond.toFixed(0).padStart(8),
        ...[timesOurs, processorTimesOurs].map((times) => times.toFixed(2).padStart(11)),
        `  ${name}`,
      ].join('  '),
    );
}

/** Texts from all over the documents. */
function chosen(): string[] {
  const all = documents.flatMap((text) => text.trim().split(/(?<=[.!?])\s+/));
  const step = Math.floor(all.length / count);
  const starts = Array.from({ length: count }, (_, i) => i * step);
  const found = starts.map((from) => all.slice(from, from + sentences).join(' '));
  return found.filter((text) => lengthOf(text) <= MOST_TOKENS);
}

/** On a part of the texts. */
async function fastest(extract: Extract, given: readonly string[]): Promise<number> {
  const some = given.filter((_, i) => i % 4 === 0);
  let best = { batchSize: 0, time: Infinity };
  for (const batchSize of BATCH_SIZES) {
    await extract(some.slice(0, batchSize), batchSize);
    const time = Math.min(await timed(() => extract(some, batchSize)), await timed(() => extract(some, batchSize)));
    if (time < best.time) best = { batchSize, time };
  }
  return best.batchSize;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return performance.now() - begin;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Both must do the same work. */
async function expectEqual(extract: Extract): Promise<void> {
  const some = texts.slice(0, 20);
  const [{ values: ours }, [theirs]] = [await embedder.embed(some), await extract(some, some.length)];
  const most = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i])), 0);
  if (!(most < 1e-5)) throw new Error(`embeddings differ by ${most}`);
}
