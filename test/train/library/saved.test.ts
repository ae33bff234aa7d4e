import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AdamW,
  Bert,
  dataFromTexts,
  openDevice,
  readSafetensors,
  trainStep,
  writeSafetensors,
} from '../../../src/index.ts';
import type { Folder } from '../../../src/index.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';

const device = await openDevice('cpu', { threads: 1 });
const texts = Array(60).fill('the cat sat on the mat and the dog on the rug') as string[];
const data = await dataFromTexts(texts, { sequenceLength: 8, tokenizer: { vocabSize: 60 }, batchSize: 2 });
const options = { preset: 'modern', layers: 1, embeddingSize: 8, heads: 2, feedForwardSize: 8, maxLength: 8 } as const;
const learner = () => {
  const model = new Bert({ ...options, vocabSize: data.tokenizer.vocabSize }).to(device);
  return { device, model, optimizer: new AdamW(device, model.parameters) };
};
const losses = async (learner: Parameters<typeof trainStep>[0], from: number, to: number): Promise<number[]> => {
  const found: number[] = [];
  for (let step = from; step <= to; step++)
    found.push(await trainStep(learner, [await data.train.at(step)], 1, step, 1e-2).loss);
  return found;
};

/** A browser's folder in memory. */
function folderInMemory(): Folder {
  const files = new Map<string, Blob>();
  const handle = {
    async getFileHandle(name: string, { create = false } = {}) {
      if (!create && !files.has(name)) throw new DOMException('none', 'NotFoundError');
      const write = async (bytes: Uint8Array<ArrayBuffer>) => void files.set(name, new Blob([bytes]));
      return { getFile: async () => files.get(name), createWritable: async () => ({ write, close: async () => {} }) };
    },
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

for (const [where, folder] of [
  ['in Node', join(temporaryFolder(), 'new')],
  ['in a browser', folderInMemory()],
] as const)
  test(`training goes on bit for bit from what was saved ${where}`, async () => {
    const whole = learner();
    await losses(whole, 1, 3);
    await whole.model.save(folder, { tokenizer: data.tokenizer, optimizer: whole.optimizer });
    const expected = await losses(whole, 4, 6);
    const { model, tokenizer, optimizer: state } = await Bert.load(folder, device);
    assert.equal(tokenizer?.toJson(), data.tokenizer.toJson());
    assert.equal(model.options, whole.model.options);
    const optimizer = new AdamW(device, model.parameters);
    if (state) optimizer.restore(state);
    assert.equal(await losses({ device, model, optimizer }, 4, 6), expected);
  });

test('what is missing or damaged is named', async () => {
  const folder = temporaryFolder();
  const load = (): Promise<string> => messageOf(() => Bert.load(folder, device));
  assert.match(await load(), /^model\.safetensors: not found; name a folder that Bert\.save wrote$/);
  await learner().model.save(folder);
  const file = join(folder, 'model.safetensors');
  const bytes = readFileSync(file);
  const { tensors, metadata } = readSafetensors(bytes, file);
  const rewritten = (changes: object): void =>
    writeFileSync(
      file,
      writeSafetensors(tensors, {
        bertrand: JSON.stringify({ ...(JSON.parse(metadata.get('bertrand') ?? '') as object), ...changes }),
      }),
    );
  assert.is(await load(), 'no error');
  rewritten({ layers: 2 });
  assert.match(await load(), /the checkpoint has no tensor encoder\.TF\.1/);
  rewritten({ heads: 3 });
  assert.match(await load(), /^Bert: heads: found 3; expected a divisor of embeddingSize/);
  rewritten({ vocabSize: 1e9 });
  assert.match(await load(), /has shape .*, the model's/);
  writeFileSync(file, writeSafetensors(tensors));
  assert.match(await load(), /its metadata do not have the model's options/);
  writeFileSync(file, bytes.subarray(0, 100));
  assert.match(await load(), /^model\.safetensors: /);
  writeFileSync(file, bytes);
  writeFileSync(join(folder, 'tokenizer.json'), '{');
  assert.match(await load(), /^tokenizer\.json: is no JSON/);
  rmSync(join(folder, 'tokenizer.json'));
  writeFileSync(join(folder, 'optimizer.safetensors'), writeSafetensors(new Map()));
  assert.match(await load(), /^optimizer\.safetensors: its metadata have no number of steps/);
});

test.after(() => device.close());

test.run();
