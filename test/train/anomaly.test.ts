import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { largestInShort } from '../../src/autograd/anomaly/describe.ts';
import { findLargest } from '../../src/autograd/anomaly/findAnomaly.ts';
import { add } from '../../src/autograd/ops/arithmetic/add.ts';
import { mul } from '../../src/autograd/ops/arithmetic/mul.ts';
import { Tape } from '../../src/autograd/tape.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { openWebGl } from '../../src/kernels/webgl/index.ts';
import { explained } from '../../src/train/anomaly/goBack.ts';
import { spoiltValidation } from '../../src/train/anomaly/afterStep.ts';
import { replay } from '../../src/train/anomaly/replay.ts';
import type { Finding } from '../../src/train/anomaly/finding.ts';
import { train } from '../../src/train/loop.ts';
import type { Training } from '../../src/train/loop.ts';
import { readParameters, writeParameters } from '../../src/train/modelState.ts';
import { WeightAverage } from '../../src/train/optimizer/weightAverage.ts';
import { openForTests } from '../kernels/webgpu/openForTests.ts';
import { messageOf } from '../messageOf.ts';
import { notes, smallTraining } from './smallTraining.ts';

/** Trains until it diverges, as the pattern says, and makes the step once more from the beginning. */
async function diverge(training: Training, found: RegExp, step: number): Promise<Finding> {
  const { model, optimizer } = training;
  const [weights, state] = [await readParameters(model.parameters), await optimizer.state()];
  const back = (): Promise<number> => {
    writeParameters(model.parameters, weights);
    optimizer.restore(state);
    return Promise.resolve(0);
  };
  assert.match(await messageOf(() => train(training, 0, notes())), found);
  return replay(training, step, { back, stopRequested: () => false, onProgress: () => {} });
}

test('where all numbers are finite, the largest are named, as only fused kernels overflow by them', async () => {
  const device = openReference();
  const largest = await findLargest(device, (observer) => {
    const tape = new Tape(device, { gradients: false, observer });
    const x = tape.input(Float64Array.of(1, 2, 3), [3]);
    tape.inBox('small', () => add(x, 1));
    tape.inBox('large', () => mul(mul(x, -1e10), 0.5));
    tape.free();
  });
  assert.is(
    largest && largestInShort(largest),
    'the largest, 3.00e+10, is in the forward of mul in large: the output of mul in large',
  );
});

const [webgpu, half] = [await openForTests(), await openForTests({ precision: 'f16' })];
const devices: readonly (readonly [string, Device, largest: number])[] = [
  ['reference', openReference(), NaN],
  ['cpu', await openCpu({ threads: 1 }), 3e38],
  ["gpu.js's fallback", await openWebGl({ mode: 'cpu' }), 3e38],
  ...(webgpu ? [['webgpu', webgpu, 3e38] as const] : []),
  ...(half ? [['webgpu in half precision', half, 6e4] as const] : []),
];

for (const [name, device, largest] of devices) {
  test(`${name}: a forward that overflows is named by op, box and inputs`, async () => {
    const training = await smallTraining(device, ['model.dropout=0']);
    const { parameters } = training.model;
    parameters
      .get('encoder.TF.0.FFN.LL1.weight')
      .write(new Float64Array(16 * 24).map((_, i) => (i % 2 === 0 ? largest : 0)));
    const { sentence, lines = '' } = await diverge(training, /step 1 is /, 1);
    assert.match(sentence, /^the first number that is not finite is (-?Infinity|NaN), in the forward of linear in encoder\.TF\.0\.FFN\.LL1: the output of linear in encoder\.TF\.0\.FFN\.LL1$/); // prettier-ignore
    assert.match(
      lines,
      /^ {2}box +encoder\.TF\.0\.FFN\.LL1\n {2}op +linear, forward\n {2}result .* not finite, the first /,
    );
    assert.match(lines, /encoder\.TF\.0\.FFN\.LL1\.weight \(.*(: 0 to \S+|not finite.*) {2}<- the largest\n/);
    assert.match(lines, /the output of layerNorm in encoder\.TF\.0\.LN2 .*: -[\d.]+ to [\d.]+$/m);
  });

  if (device.real === 'f32' && !Number.isNaN(largest)) {
    test(`${name}: a backward that overflows is named, though the loss is finite`, async () => {
      const training = await smallTraining(device, ['model.dropout=0']);
      const { parameters } = training.model;
      const fill = (parameter: string, value: (i: number) => number): void =>
        parameters.get(parameter).write(new Float64Array(parameters.get(parameter).size).map((_, i) => value(i)));
      fill('decoder.LL.weight', (i) => (i % 3) * 1e36);
      fill('encoder.TF.0.LN2.gamma', () => 1e4); // the same forward, and a gradient that is 10,000 times as large
      fill('encoder.TF.0.FFN.LL1.weight', (i) => (i % 5) * 1e-4);
      const { sentence, lines = '' } = await diverge(training, /^the gradients' norm at step 1 is /, 1);
      assert.match(sentence, /in the backward of linear in encoder\.TF\.0\.FFN\.LL1: the gradient of encoder\.TF\.0\.FFN\.LL1\.weight$/); // prettier-ignore
      assert.match(
        lines,
        /inputs {2}the gradient of the output of linear in encoder\.TF\.0\.FFN\.LL1 .*e\+3\d {2}<- the largest\n/,
      );
      assert.match(lines, /the output of layerNorm in encoder\.TF\.0\.LN2 \(.*e\+4|\d{5} to \d{5}/);
    });

    test(`${name}: gradients whose norm alone overflows are named by the largest`, async () => {
      const training = await smallTraining(device, ['model.dropout=0']);
      training.model.parameters.get('decoder.LL.weight').write(new Float64Array(60 * 16).map((_, i) => (i % 3) * 1e30));
      const { sentence } = await diverge(training, /^the gradients' norm at step 1 is /, 1);
      assert.match(
        sentence,
        /^all gradients are finite but their norm is not: the gradient of encoder\.\S+ goes up to \S+e\+\d\d$/,
      );
    });
  }
}

/** A training whose decoder is spoilt whenever step 3 is made. */
async function spoiltAtStep3(): Promise<Training> {
  const training = await smallTraining(devices[1][1]);
  const trainBatch = async (index: number): ReturnType<Training['trainBatch']> => {
    if (index === 2) training.model.parameters.get('decoder.LL.bias').write(new Float32Array(60).fill(NaN));
    return training.trainBatch(index);
  };
  return { ...training, trainBatch };
}

for (const [from, made] of [
  [0, [1, 2, 3, 3]],
  [2, [3, 3]],
] as const)
  test(`from step ${from}, the steps before the one that diverges are made again`, async () => {
    const training = await spoiltAtStep3();
    const { model, optimizer } = training;
    const fresh = (await readParameters(model.parameters)).get('decoder.LL.bias');
    const stopAt = notes();
    if (from > 0) await train(training, 0, { ...stopAt, stopRequested: () => stopAt.steps.length === from });
    const [weights, { steps, tensors }] = [await readParameters(model.parameters), await optimizer.state()];
    assert.match(await messageOf(() => train(training, from, notes())), /^the loss of step 3 is NaN/);
    const seen: number[] = [];
    const said: string[] = [];
    let begun: unknown;
    const sentence = await explained(
      training,
      { step: 3, saved: from > 0 ? 'there' : undefined, stopRequested: () => false },
      {
        checkpoint: (path) =>
          Promise.resolve({
            path,
            model: weights,
            optimizer: tensors,
            state: { step: from, optimizerSteps: steps },
            versions: { bertrand: '', checkpoint: 1 },
          }),
        begin: async (parameters) => void (begun = (await readParameters(parameters)).get('decoder.LL.bias')),
        onProgress: (event) => ('notice' in event ? said.push(event.notice) : seen.push(from + event.done)),
      },
    );
    assert.match(sentence, /^the first number that is not finite is NaN, in the forward of linear in decoder: /);
    assert.match(said[0], /^step 3, made once more .*:\n {2}box {5}decoder\n/);
    assert.is(said.length, 1);
    assert.equal(seen, made);
    if (from === 0) assert.equal(begun, fresh);
  });

test('where weights are averaged, the validation that is looked at is theirs, and they are as they were', async () => {
  const training = await smallTraining(devices[1][1]);
  const { device, model } = training;
  const average = new WeightAverage(device, model.parameters, 0.9);
  average.update(1);
  const read = async (): Promise<string> =>
    String((await readParameters(model.parameters)).get('decoder.LL.bias')?.data);
  model.parameters.get('decoder.LL.bias').write(new Float32Array(60).fill(NaN));
  const spoilt = await read();
  assert.match((await spoiltValidation(training))?.sentence ?? '', /NaN/);
  assert.is(await spoiltValidation({ ...training, average }), undefined);
  assert.equal(await read(), spoilt);
});

test('a step that goes well when it is made once more is said to', async () => {
  const training = await smallTraining(devices[1][1]);
  training.model.parameters.get('decoder.LL.bias').write(new Float32Array(60).fill(NaN));
  const back = (): Promise<number> => (training.model.parameters.initialise(), Promise.resolve(0));
  const { sentence } = await replay(training, 1, { back, stopRequested: () => false, onProgress: () => {} });
  assert.match(sentence, /^made once more, op by op/);
  assert.match(
    await messageOf(() => replay(training, 9, { back, stopRequested: () => true, onProgress: () => {} })),
    /stopped/,
  );
});

test.after(async () => {
  for (const [, device] of devices) await device.close();
});
test.run();
