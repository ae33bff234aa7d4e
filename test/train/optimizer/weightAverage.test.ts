import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Parameters } from '../../../src/autograd/parameters/parameters.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { train } from '../../../src/train/loop.ts';
import { WeightAverage } from '../../../src/train/optimizer/weightAverage.ts';
import { Session } from '../../../src/train/session.ts';
import { evaluate } from '../../../src/train/evaluate/evaluation.ts';
import type { Checkpoint } from '../../../src/train/run/checkpoint/checkpoint.ts';
import { quietView } from '../../../src/train/quietView.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { notes, smallData, smallTraining } from '../smallTraining.ts';

const cpu = await openCpu({ threads: 1 });

test('the average is that of its formula, and the weights come back', async () => {
  const device = openReference();
  const parameters = new Parameters();
  const matrix = parameters.in('a').matrix('w', [2, 3], { normal: 1 });
  parameters.allocate(device);
  const average = new WeightAverage(device, parameters, 0.25);
  let expected = new Float64Array(6);
  for (let step = 1; step <= 8; step++) {
    const values = Array.from({ length: 6 }, (_, i) => Math.sin(7 * step + i));
    matrix.write(values);
    average.update(step);
    const decay = Math.min(0.25, (step - 1) / (step + 9));
    expected = expected.map((old, i) => decay * old + (1 - decay) * values[i]);
    const found = await average.during(() => matrix.read());
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i] - value) < 1e-12);
    assert.equal([...(await matrix.read())], values);
  }
});

test('validation takes the average and training does not', async () => {
  const settings = ['log.every=1', 'train.steps=6', 'validate.every=6'];
  const [plain, averaged] = [notes(), notes()];
  await train(await smallTraining(cpu, settings), 0, plain);
  const training = await smallTraining(cpu, settings);
  const average = new WeightAverage(cpu, training.model.parameters, 0.9);
  await train({ ...training, average }, 0, averaged);
  assert.equal(averaged.losses, plain.losses);
  const { model, baseline, validationBatches } = training;
  const { loss } = await average.during(() => evaluate(cpu, model, validationBatches(), baseline));
  assert.is(averaged.validations[0], loss);
  assert.is.not(loss, plain.validations[0]);
});

test('a run with Muon and an average goes on from its checkpoint bit for bit', async () => {
  const { config, data } = await smallData(['train.steps=6', 'train.ema=0.8', 'train.optimizer={ name: muon }']);
  const run = async (stopAt: number, checkpoint?: Checkpoint): Promise<Checkpoint> => {
    let saved: Checkpoint | undefined;
    const folder = {
      path: 'run',
      passedOver: [],
      ...(checkpoint && { checkpoint: { ...checkpoint, path: 'run/checkpoints/x', versions: {} } }),
      log: () => {},
      save: (content: Checkpoint) => ((saved = content), Promise.resolve('run/checkpoints/x')),
    };
    const session = new Session({ config, device: cpu, data, run: folder as never, corpus: '' });
    await session.train(quietView, () => session.step >= stopAt);
    assert.ok(saved);
    return saved;
  };
  const whole = await run(6);
  const half = await run(3);
  assert.is(half.state.step, 3);
  const resumed = await run(6, half);
  assert.equal(resumed.model, whole.model);
  assert.equal(resumed.optimizer, whole.optimizer);
  const name = 'encoder.TF.0.FFN.LL1.weight';
  assert.is.not(String(whole.model.get(name)?.data), String(whole.optimizer.get(`weights.${name}`)?.data));
});

test.after(() => cpu.close());

test.run();
