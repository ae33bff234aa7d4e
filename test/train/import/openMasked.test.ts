import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { maskedSequence } from '../../../src/train/evaluate/fillMask.ts';
import { fillMasks } from '../../../src/train/evaluate/fillMasks.ts';
import type { Guess } from '../../../src/train/evaluate/fillMask.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../../src/train/export/exportRun.node.ts';
import { openMasked } from '../../../src/train/import/openMasked.node.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { bertrand } from '../../cli/commandLine.ts';
import { smallRun } from '../smallRun.ts';
import { device } from './begun.ts';
import { goldenTensors, tensorFolder } from './folders.ts';

const root = temporaryFolder({ 'texts.txt': 'the king rules over land and sea\nold trees with grace every day\n' });

/** What the model of a path guesses in a text. */
async function guesses(path: string): Promise<Guess[]> {
  const model = await openMasked(path);
  const { classId, separatorId, maskId } = model.tokenizer;
  const ids = Int32Array.of(classId, ...model.tokenizer.encode('the king [MASK] over land'), separatorId);
  const [[list]] = await fillMasks(device, await model.modelOn(device), [maskedSequence(ids, maskId, 0)], 3);
  return list;
}

for (const preset of ['bert', 'modern'])
  test(`${preset}: a folder of Hugging Face's guesses what the run guesses that it was exported from`, async () => {
    const run = await smallRun(root, preset, [`model.preset=${preset}`]);
    const folder = join(root, `${preset}-hf`);
    await exportRun(await openTrained(run), folder, { format: 'hf', precisions: ['f32'] });
    const [found, expected] = [await guesses(folder), await guesses(run)];
    assert.equal(
      found.map(({ id }) => id),
      expected.map(({ id }) => id),
    );
    for (const [i, { probability }] of found.entries())
      assert.ok(Math.abs(probability - expected[i].probability) < 1e-6);
  });

test('evaluate takes the folder, and asks for text', async () => {
  const evaluated = await bertrand(root, 'evaluate', 'bert-hf', '--corpus', 'texts.txt', '--json');
  const { loss, step } = JSON.parse(evaluated.stdout) as { loss: number; step?: number };
  assert.ok(loss > 1 && loss < 10);
  assert.is(step, undefined);
  const { code, stderr } = await bertrand(root, 'evaluate', 'bert-hf');
  assert.is(code, 2);
  assert.match(stderr, /--corpus: found none; expected text, since bert-hf is no run that keeps its own/);
});

test('a folder without such a head is refused in one line', async () => {
  const tensors = goldenTensors();
  for (const name of tensors.keys()) if (name.startsWith('cls.')) tensors.delete(name);
  const folder = tensorFolder(join(root, 'headless'), tensors);
  assert.match(
    await messageOf(() => openMasked(folder)),
    /headless: found no head that guesses masked tokens \(decoder\..*\); expected a BertForMaskedLM or ModernBertForMaskedLM(;|$)/,
  );
});

test.after(() => rmSync(root, { recursive: true, force: true }));

test.run();
