import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { AdamW } from '../../../src/train/optimizer/adamw.ts';
import { goldenBatch, goldenModel, readGolden } from '../../bert/golden.ts';

const golden = readGolden('training');
const reference = openReference();

test('a restored optimizer goes on as the saved one would', async () => {
  const run = async (interrupted: boolean): Promise<Float64Array> => {
    const model = goldenModel(golden, reference);
    let optimizer = new AdamW(reference, model.parameters, golden.settings);
    for (let step = 1; step <= 4; step++) {
      const tape = new Tape(reference, { seed: 1, step });
      tape.backward(model.loss(tape, goldenBatch(golden)));
      await optimizer.step(0.01);
      if (interrupted && step === 2) {
        const state = await optimizer.state();
        optimizer = new AdamW(reference, model.parameters, golden.settings);
        optimizer.restore(state);
      }
    }
    return model.parameters.get('encoder.TF.0.FFN.LL1.weight').read();
  };
  const [whole, resumed] = [await run(false), await run(true)];
  assert.ok(whole.every((value, i) => Math.abs(value - resumed[i]) < 1e-6)); // moments pass through float32
});

test.run();
