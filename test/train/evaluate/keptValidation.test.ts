import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { keepValidation, keptValidation } from '../../../src/train/evaluate/keptValidation.ts';
import { firstBatches } from '../../../src/train/evaluate/firstBatches.ts';
import { smallData } from '../smallTraining.ts';
import type { Batch } from '../../../src/data/batches/batch.ts';

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

for (const layout of ['packing=true', 'packing=false', 'padding=true'])
  test(`validation that is kept has the same batches and the same baseline, with data.${layout}`, async () => {
    const settings = layout === 'padding=true' ? ['data.packing=false', 'data.padding=true'] : [`data.${layout}`];
    const { config, data } = await smallData([...settings, 'validate.batches=2']);
    const bytes = (await keepValidation(config, data))!;
    const kept = keptValidation(bytes, 'x', config, data.tokenizer)!;
    const expected = await all(firstBatches(data.validation, 2));
    assert.is(kept.batches.stepsPerEpoch, expected.length);
    assert.equal(await all(firstBatches(kept.batches, 2)), expected);
    const [{ labels }] = expected;
    assert.is(kept.baseline.frequencyLoss(labels), data.baseline.frequencyLoss(labels));
    const other = resolveConfig(JSON.stringify(config), 'x.yaml', ['validate.maskingProbability=0.2']);
    assert.is(keptValidation(bytes, 'x', other, data.tokenizer), undefined);
  });

test('arrays that are no batches are not taken for any', async () => {
  const { config, data } = await smallData([]);
  const bytes = (await keepValidation(config, data))!;
  const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  for (let at = header; at < bytes.length; at += 4) {
    const changed = bytes.slice();
    changed[at + 3] ^= 0x40; // far too large, or negative
    const kept = keptValidation(changed, 'x', config, data.tokenizer);
    if (kept) assert.ok(at - header < 8 * data.tokenizer.vocabSize, `at ${at}`); // a frequency
  }
});

test.run();
