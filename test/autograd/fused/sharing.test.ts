import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import { checkGradients } from '../../../src/autograd/check/gradcheck.ts';
import { add } from '../../../src/autograd/ops/arithmetic/add.ts';
import { crossEntropy } from '../../../src/autograd/ops/crossEntropy.ts';
import { dropout } from '../../../src/autograd/ops/dropout.ts';
import { gelu } from '../../../src/autograd/ops/gelu.ts';
import { layerNorm } from '../../../src/autograd/ops/layerNorm.ts';
import { linear } from '../../../src/autograd/ops/linear.ts';
import { gather } from '../../../src/autograd/ops/gather.ts';
import { softmax } from '../../../src/autograd/ops/softmax.ts';
import { sum } from '../../../src/autograd/ops/arithmetic/sum.ts';
import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Tensor } from '../../../src/autograd/tensor.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { launches } from './launches.ts';

const cpu = await openCpu({ threads: 1, products: 'wasm' });
const reference = openReference();
const norm = { epsilon: 1e-5, form: 'variance' } as const;

type Inputs = Record<'x' | 'residual' | 'weight' | 'vector', Parameter>;
/** Compositions in which several ops use an intermediate of a fused kernel. Each name begins with a kernel that still runs. */
const compositions: Record<string, (tape: Tape, inputs: Inputs) => Tensor> = {
  'dropoutAddLayerNorm: the sum is used after the norm': (tape, { x, residual, vector }) => {
    const total = add(tape.use(residual), dropout(tape.use(x), rate, tape.key('site')));
    const normed = layerNorm(total, vector, vector, norm);
    return add(normed, gelu(total, 'erf'));
  },
  'dropoutAddLayerNorm: the sum is used before the norm, by a deferred op': (tape, { x, residual, vector }) => {
    const total = add(tape.use(residual), dropout(tape.use(x), rate, tape.key('site')));
    const waits = gelu(total, 'erf');
    return add(waits, layerNorm(total, vector, vector, norm));
  },
  'dropoutAddLayerNorm: gamma depends on the sum': (tape, { x, residual, vector }) => {
    const total = add(tape.use(residual), dropout(tape.use(x), rate, tape.key('site')));
    const gamma = gather(gelu(total, 'erf'), tape.input(Int32Array.of(1), [])); // (4)
    return add(layerNorm(total, gamma, vector, norm), total);
  },
  'dropoutAddLayerNorm: two norms of one sum': (tape, { x, residual, vector }) => {
    const total = add(tape.use(residual), dropout(tape.use(x), rate, tape.key('site')));
    return add(layerNorm(total, vector, vector, norm), layerNorm(total, vector, vector, { ...norm, epsilon: 1 }));
  },
  'dropoutAddLayerNorm: both terms are dropped': (tape, { x, residual, vector }) => {
    const [a, b] = [x, residual].map((each) => dropout(tape.use(each), rate, tape.key(each.name)));
    return layerNorm(add(a, b), vector, vector, norm);
  },
  'dropoutAddLayerNorm: both terms are one tensor': (tape, { x, vector }) => {
    const used = tape.use(x);
    return layerNorm(add(dropout(used, rate, tape.key('site')), used), vector, vector, norm);
  },
  'dropoutAdd: two sums of one dropout': (tape, { x, residual }) => {
    const dropped = dropout(tape.use(x), rate, tape.key('site'));
    return add(add(tape.use(residual), dropped), gelu(add(dropped, residual), 'tanh'));
  },
  'linearGelu: all intermediates are used after a feed-forward network': (tape, { x, weight, vector }) => {
    const first = linear(tape.use(x), weight, vector);
    const activation = gelu(first, 'tanh');
    const dropped = dropout(activation, rate, tape.key('site'));
    const output = linear(dropped, weight, vector);
    return [softmax(output), dropped, activation, first].reduce((total, each) => add(total, each));
  },
  'linearGelu: two feed-forward networks in a row': (tape, { x, weight, vector }) => {
    const once = linear(gelu(linear(tape.use(x), weight, vector), 'erf'), weight, vector);
    return linear(gelu(once, 'erf'), weight, vector);
  },
  'crossEntropyInPlace: the logits are used before and after their loss': (tape, { x, weight }) => {
    const logits = linear(tape.use(x), weight);
    const waits = gelu(logits, 'erf');
    const losses = crossEntropy(logits, tape.input(Int32Array.of(3, 0, 1), [3]));
    return [sum(losses, 1), sum(softmax(waits), 0.5), sum(gelu(logits, 'tanh'), 2)].reduce((a, b) => add(a, b));
  },
  'crossEntropy: the logits are used, but not the loss': (tape, { x, weight }) => {
    const logits = linear(tape.use(x), weight);
    crossEntropy(logits, tape.input(Int32Array.of(3, 0, 1), [3]));
    return softmax(logits);
  },
};
const rate = 0.3;

for (const [name, forward] of Object.entries(compositions)) {
  const check = {
    name,
    build: (device: Device) => {
      const [x, residual] = ['x', 'residual'].map((each) => values(device, each, [3, 4]));
      const inputs = { x, residual, weight: values(device, 'weight', [4, 4]), vector: values(device, 'vector', [4]) };
      return { parameters: Object.values(inputs), forward: (tape: Tape) => forward(tape, inputs) };
    },
  };

  test(`${name}: gradients are right, on the cpu device too`, async () => {
    for (const { error, message } of [
      await checkGradients(check, reference),
      await compareWithReference(check, cpu, reference),
    ]) {
      assert.ok(error <= 1, message);
      assert.ok(error > 0, 'nothing was compared');
    }
  });

  test(`${name}: the fused kernel runs, and all memory is freed`, async () => {
    const built = check.build(cpu);
    const before = cpu.memory.live;
    const kernels = await launches(cpu, () => {
      const tape = new Tape(cpu);
      const output = built.forward(tape);
      tape.backward(output, new Float32Array(output.size).fill(1));
    });
    assert.ok(kernels.includes(name.split(':')[0]), kernels.join(', '));
    assert.is(cpu.memory.live, before, 'after backward');
    for (const gradients of [true, false]) {
      const tape = new Tape(cpu, { gradients });
      built.forward(tape);
      tape.free();
      assert.is(cpu.memory.live, before, 'after free');
    }
  });
}

function values(device: Device, name: string, shape: readonly number[]): Parameter {
  const random = seedrandom(name);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return Parameter.of(
    device,
    name,
    shape,
    Float32Array.from({ length: size }, () => 4 * random() - 2),
  );
}

test.after(() => cpu.close());

test.run();
