/**
 * Flips one bit at a time in the files of a small run, its text and its caches among them, and asks `evaluate` and `fill-mask`
 * each time: an answer that differs from the intact run's must come with a message.
 *
 *     node --import tsx scripts/bit-flips.ts [--count 2000] [--seed 1]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BertrandError } from '../src/error.ts';
import { openCpu } from '../src/kernels/cpu/index.ts';
import { evaluate } from '../src/train/evaluate/evaluation.ts';
import { evaluationData } from '../src/train/evaluate/evaluationData.node.ts';
import { fillMask, maskedSequence } from '../src/train/evaluate/fillMask.ts';
import { openTrained } from '../src/train/evaluate/trained.node.ts';
import { trainedRun } from '../test/train/trainedRun.ts';
import { filesBelow } from './fuzz/intact.ts';
import { drawsOf } from './fuzz/random.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' } },
});
const cache = mkdtempSync(join(tmpdir(), 'bertrand-cache-'));
process.env.XDG_CACHE_HOME = cache;
const folder = await trainedRun(['checkpoint.keep=2']);
const device = await openCpu({ threads: 1, products: 'wasm' });

interface Answer {
  readonly text: string;
  readonly notices: readonly string[];
}

const questions: Readonly<Record<string, () => Promise<Answer>>> = {
  async evaluate() {
    const trained = await openTrained(join(folder, 'run'));
    const notices = [...trained.notices];
    const data = await evaluationData(trained, (event) => {
      if ('notice' in event) notices.push(event.notice);
    });
    const found = await evaluate(device, trained.modelOn(device), data.batches(), data.baseline);
    await data.close();
    return { text: JSON.stringify(found), notices };
  },
  async 'fill-mask'() {
    const trained = await openTrained(join(folder, 'run'));
    const { tokenizer } = trained;
    const { classId, separatorId, maskId } = tokenizer;
    const ids = Int32Array.of(classId, ...tokenizer.encode('the king [MASK] over land'), separatorId);
    const guesses = await fillMask(device, trained.modelOn(device), maskedSequence(ids, maskId, 0), 5);
    const words = guesses.flat().map(({ id, probability }) => [tokenizer.tokenOf(id), probability]);
    return { text: JSON.stringify(words), notices: trained.notices };
  },
};

const intact = new Map<string, Answer>();
for (const [name, ask] of Object.entries(questions)) {
  await ask(); // fills the cache
  intact.set(name, await ask());
}
const files = [...filesBelow(folder).keys()].toSorted();
const counts = new Map(
  Object.keys(questions).map((name) => [name, { refused: 0, said: 0, same: 0, silent: 0, traces: 0 }]),
);
for (let number = 0; number < Number(values.count); number++) {
  const draws = drawsOf(`${values.seed}/flips/${number}`);
  const file = draws.pick(files);
  const bytes = readFileSync(join(folder, file));
  const [at, bit] = [draws.below(bytes.length), draws.below(8)];
  bytes[at] ^= 1 << bit;
  writeFileSync(join(folder, file), bytes);
  for (const [name, ask] of Object.entries(questions)) {
    const count = counts.get(name)!;
    const what = await outcome(ask, intact.get(name)!);
    count[what] += 1;
    if (what === 'silent' || what === 'traces') console.log(`${what}: ${name}, bit ${bit} of byte ${at} of ${file}`);
  }
  bytes[at] ^= 1 << bit;
  writeFileSync(join(folder, file), bytes);
}
await device.close();
rmSync(cache, { recursive: true });
console.log(`${values.count} flipped bits in ${files.length} files`);
for (const [name, { refused, said, same, silent, traces }] of counts)
  console.log(
    `${name}: ${refused} refused, ${said} answered with a message, ${same} answered as before, ${silent} silent differences, ${traces} traces`,
  );
process.exitCode = [...counts.values()].every(({ silent, traces }) => silent + traces === 0) ? 0 : 1;

async function outcome(
  ask: () => Promise<Answer>,
  expected: Answer,
): Promise<'refused' | 'said' | 'same' | 'silent' | 'traces'> {
  try {
    const { text, notices } = await ask();
    if (notices.some((notice) => !expected.notices.includes(notice))) return 'said';
    return text === expected.text ? 'same' : 'silent';
  } catch (error) {
    return error instanceof BertrandError ? 'refused' : 'traces';
  }
}
