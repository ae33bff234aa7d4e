import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Parameter } from '../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../src/autograd/tape.ts';
import { Bert } from '../../src/bert/Bert.ts';
import { presetNames, presets } from '../../src/bert/presets.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { syntheticBatch } from '../../src/train/measure/syntheticBatch.ts';

const sizes = { layers: 2, embeddingSize: 8, heads: 2, feedForwardSize: 12, vocabSize: 30, maxLength: 6, dropout: 0.1 };
const batch = syntheticBatch(3, 6, 30, 0.3);
const LLs = ['LLQ', 'LLK', 'LLV', 'LLO'].map((LL) => `Attention.${LL}`).concat('FFN.LL1', 'FFN.LL2');

for (const preset of presetNames)
  test(`the tape knows the box of every op in preset ${preset}`, () => {
    const device = openReference();
    const model = new Bert({ ...presets[preset], ...sizes }, 1).to(device);
    const seen = new Map<string, Set<string>>();
    const observer = {
      onForward(op: string, inputs: readonly unknown[], _: unknown, box: string) {
        seen.set(box, (seen.get(box) ?? new Set()).add(op));
        const owners = inputs.filter((input) => input instanceof Parameter).map(({ name }) => name);
        const tied = box === 'decoder' ? 'encoder.Embedding.token' : undefined;
        for (const name of owners) assert.ok(name.startsWith(`${box}.`) || name === tied, `${op} of ${name} in ${box}`);
      },
    };
    const tape = new Tape(device, { observer });
    tape.backward(model.loss(tape, batch));
    for (const block of ['encoder.TF.0', 'encoder.TF.1']) {
      assert.ok(seen.get(block)?.has('add'), block);
      assert.ok(seen.get(`${block}.Attention`)?.has('maskedSoftmax'));
      assert.ok(seen.get(`${block}.FFN`)?.has(presets[preset].feedForward === 'geglu' ? 'geglu' : 'gelu'));
      assert.is(seen.get(`${block}.Attention`)?.has('rotate'), presets[preset].positions === 'rotary');
      for (const LL of LLs) assert.equal([...(seen.get(`${block}.${LL}`) ?? [])], ['linear'], `${block}.${LL}`);
      const norms = presets[preset].firstNorm || !block.endsWith('.0') ? ['LN1', 'LN2'] : ['LN2'];
      for (const LN of norms) assert.equal([...(seen.get(`${block}.${LN}`) ?? [])], ['layerNorm']);
      assert.is(seen.has(`${block}.LN1`), norms.includes('LN1'));
    }
    assert.ok(seen.get('decoder')?.has('linear'));
    assert.equal([...(seen.get('') ?? [])].toSorted(), ['crossEntropy', 'sum']);
  });

test.run();
