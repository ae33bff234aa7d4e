import seedrandom from 'seedrandom';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareWithReference } from '../../src/autograd/check/compareDevices.ts';
import { checkGradients } from '../../src/autograd/check/gradcheck.ts';
import { opChecks } from '../../src/autograd/check/opChecks.ts';
import { deferredOp } from '../../src/autograd/op.ts';
import { add } from '../../src/autograd/ops/arithmetic/add.ts';
import { crossEntropy } from '../../src/autograd/ops/crossEntropy.ts';
import { dropout } from '../../src/autograd/ops/dropout.ts';
import { gelu } from '../../src/autograd/ops/gelu.ts';
import { layerNorm } from '../../src/autograd/ops/layerNorm.ts';
import { linear } from '../../src/autograd/ops/linear.ts';
import { gather } from '../../src/autograd/ops/gather.ts';
import { gatherSum } from '../../src/autograd/ops/gatherSum.ts';
import { softmax } from '../../src/autograd/ops/softmax.ts';
import { sum } from '../../src/autograd/ops/arithmetic/sum.ts';
import { Parameter } from '../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../src/autograd/tape.ts';
import type { Tensor } from '../../src/autograd/tensor.ts';
import { BertrandError } from '../../src/error.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const cpu = await openCpu({ threads: 1, products: 'wasm' });
const reference = openReference();

/** The names of the kernels that `work` launches, one for each launch. */
async function launches(device: Device, work: () => void): Promise<string[]> {
  const uses = await device.profile(() => Promise.resolve(work()));
  return uses.flatMap(({ kernel, launches }) => Array<string>(launches).fill(kernel)).toSorted();
}

const fusing = suite('fusing');

/** The kernels that rows of the op checks launch in forward and backward, except products, sums over rows and accumulation. */
const fused: Record<string, readonly string[]> = {
  dropoutAdd: ['dropout', 'dropoutAdd'],
  geluDropout: ['geluDropout', 'geluDropoutBackward'],
  linearGelu: ['geluDropoutBackward', 'linearGelu'],
  'linearGelu and dropout': ['geluDropoutBackward', 'linearGelu'],
  'linearGelu without bias': ['gelu', 'geluBackward'],
  'dropoutAddLayerNorm of norm': ['dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  'dropoutAddLayerNorm without dropout': ['dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  'dropoutAddLayerNorm of both': ['add', 'dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  feedForward: ['geluDropoutBoth', 'linear', 'linearGelu'],
  'feedForward without biases': ['geluDropout', 'geluDropoutBoth'],
  linearCrossEntropy: ['crossEntropy', 'crossEntropyInPlace', 'linear'],
  attention: ['attention', 'attentionBackward'],
  'attention of queries 1, 3, 5': ['attentionAt', 'attentionAtBackward'],
  'attention of queries 4, 0, 3': ['attention', 'attentionBackward', 'gather', 'gather', 'scatterSum', 'scatterSum'],
};
for (const [name, expected] of Object.entries(fused))
  fusing(`${name}: uses the fused kernels of the cpu device`, async () => {
    const check = opChecks.find((each) => each.name === name);
    assert.ok(check);
    const { forward } = check.build(cpu);
    const found = await launches(cpu, () => {
      const tape = new Tape(cpu);
      const output = forward(tape);
      tape.backward(output, new Float32Array(output.size));
    });
    assert.equal(
      found.filter((kernel) => !['matmul', 'sumRows', 'accumulate', 'fill'].includes(kernel)),
      expected,
    );
  });

fusing.run();

const row = (name: string) =>
  Parameter.of(
    cpu,
    name,
    [3, 4],
    new Float32Array(12).map((_, i) => Math.sin(i + 1)),
  );
const square = (name: string) =>
  Parameter.of(
    cpu,
    name,
    [4, 4],
    new Float32Array(16).map((_, i) => Math.cos(i)),
  );
const vector = (name: string) => Parameter.of(cpu, name, [4], [1, -1, 2, 0.5]);
const norm = { epsilon: 1e-5, form: 'variance' } as const;

const says = (pattern: RegExp) => (error: unknown) => error instanceof BertrandError && pattern.test(error.message);

const deferral = suite('deferral');

deferral('an unused tensor is not computed, and changes no number', async () => {
  const [x, weight] = [row('x'), square('weight')];
  const run = async (more: (tape: Tape, x: Tensor) => unknown) => {
    x.hasGradient = false;
    const tape = new Tape(cpu, { seed: 5 });
    let read: Promise<Float64Array> | undefined;
    const kernels = await launches(cpu, () => {
      const used = tape.use(x);
      more(tape, used);
      const loss = sum(dropout(used, 0.5, tape.key('kept')), 1);
      read = loss.read();
      tape.backward(loss);
    });
    return { kernels, loss: await read, gradient: await x.readGradient() };
  };
  const without = await run(() => {});
  const withMore = await run((tape, used) => gelu(dropout(linear(used, weight), 0.5, tape.key('unused')), 'erf'));
  assert.equal(withMore, without);
});

deferral('misuse is reported at the call, although nothing is computed', () => {
  const tape = new Tape(cpu);
  const x = tape.input(new Float32Array(6), [2, 3]);
  assert.throws(() => linear(x, square('weight')), says(/^linear: weight \(4, 4\) does not match x \(2, 3\)/));
});

deferral('a tensor still deferred when its tape is freed is gone', () => {
  const tape = new Tape(cpu);
  const waits = gelu(tape.use(row('x')), 'erf');
  tape.free();
  assert.throws(() => waits.array, says(/^gelu: the tape was freed/));
});

deferral('a tensor is computed once, however many ops use it', async () => {
  const [x, weight] = [row('x'), square('weight')];
  const kernels = await launches(cpu, () => {
    const tape = new Tape(cpu, { gradients: false });
    const y = linear(tape.use(x), weight, vector('bias'));
    const [first] = [softmax(y), softmax(y), y.array, y.array];
    assert.equal(first.shape, [3, 4]);
    tape.free();
  });
  assert.equal(kernels, ['linear', 'softmax', 'softmax']);
});

deferral('a tensor computed already is not computed again by a fused kernel', async () => {
  const tape = new Tape(cpu, { gradients: false });
  const kernels = await launches(cpu, () => {
    const y = linear(tape.use(row('x')), square('weight'), vector('bias'));
    softmax(y);
    softmax(gelu(y, 'erf'));
  });
  tape.free();
  assert.equal(kernels, ['gelu', 'linear', 'softmax', 'softmax']);
});

deferral('a sum that broadcasts is not mistaken for a residual sum', async () => {
  const tape = new Tape(cpu, { gradients: false });
  const kernels = await launches(cpu, () => {
    const [x, bias] = [tape.input(new Float32Array(4), [1, 4]), vector('bias')];
    const sums = [add(dropout(tape.use(bias), 0.5, tape.key('site')), x), add(x, 2)];
    assert.equal(
      sums.map((each) => layerNorm(each, bias, bias, norm).shape),
      [
        [1, 4],
        [1, 4],
      ],
    );
  });
  tape.free();
  assert.equal(
    kernels.filter((kernel) => kernel.startsWith('dropoutAdd')),
    [],
  );
});

deferral('logits needed after the cross-entropy are not computed again', async () => {
  const [x, weight] = [row('x'), square('weight')];
  const tape = new Tape(cpu, { gradients: false });
  const kernels = await launches(cpu, () => {
    const logits = linear(tape.use(x), weight, vector('bias'));
    crossEntropy(logits, tape.input(Int32Array.of(3, 0, 1), [3]));
    softmax(logits);
  });
  tape.free();
  assert.equal(kernels, ['crossEntropy', 'linear', 'softmax']);
});

deferral('an intermediate that a fused kernel skips can be read, before it and after', async () => {
  const [x, residual] = [row('x'), row('residual')];
  const read = async (when: 'before' | 'after' | 'alone') => {
    const tape = new Tape(cpu, { seed: 1 });
    const dropped = dropout(tape.use(x), 0.5, tape.key('site'));
    const early = when === 'before' ? dropped.read() : undefined;
    const total = when === 'alone' ? undefined : add(tape.use(residual), dropped).read();
    const values = await (early ?? dropped.read());
    const sums = await total;
    const after = await dropped.read();
    tape.free();
    assert.equal(after, values);
    const expected = await residual.read();
    if (sums)
      assert.equal(
        sums,
        values.map((value, i) => Math.fround(value + expected[i])),
      );
    return values;
  };
  const alone = await read('alone');
  assert.ok(alone.includes(0) && alone.some((value) => value !== 0));
  assert.equal(await read('before'), alone);
  assert.equal(await read('after'), alone);
});

deferral('a chain of any length is computed', async () => {
  const tape = new Tape(reference);
  const one = Parameter.of(reference, 'one', [1], [1]);
  let total: Tensor = tape.use(one);
  for (let i = 0; i < 20_000; i++) total = add(total, one);
  const read = total.read();
  tape.backward(total);
  assert.equal([...(await read)], [20_001]);
  assert.equal([...(await one.readGradient())], [20_001]);
});

deferral('deferred tensors are computed in the order of the calls, so that gradients accumulate in that order', () => {
  const order: string[] = [];
  const noted = deferredOp(
    'noted',
    (x: Tensor, _label: string) => x.shape,
    (launch, x, label) => {
      order.push(label);
      return { output: launch('gelu', { x }, { size: x.size, tanh: 0 }).y, backward: (dy) => [dy] };
    },
  );
  const tape = new Tape(cpu);
  const x = tape.use(row('x'));
  const [a, b, c] = ['a', 'b', 'c'].map((label) => noted(x, label));
  tape.backward(sum(add(c, noted(add(b, a), 'd')), 1));
  assert.equal(order, ['a', 'b', 'c', 'd']);
});

deferral('an observer sees each op as it is called, and no fused kernel', async () => {
  const seen: string[] = [];
  const tape = new Tape(cpu, { observer: { onForward: (op) => void seen.push(op) } });
  const [x, weight, bias] = [row('x'), square('weight'), vector('bias')];
  const kernels = await launches(cpu, () => {
    const rows = tape.input(Int32Array.of(2, 0, 1), [3]);
    const used = gatherSum([x, rows], [x, rows]);
    const hidden = dropout(gelu(linear(used, weight, bias), 'erf'), 0.1, tape.key('site'));
    softmax(hidden);
    gelu(hidden, 'erf'); // unused
    tape.backward(layerNorm(add(used, hidden), bias, bias, norm), new Float32Array(12));
  });
  assert.equal(seen, ['gather', 'gather', 'add', 'linear', 'gelu', 'dropout', 'softmax', 'gelu', 'add', 'layerNorm']);
  assert.equal(
    kernels.filter((kernel) => /gatherAdd|linearGelu|dropoutAdd|geluDropout/.test(kernel)),
    [],
  );
});

deferral.run();

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

const sharing = suite('sharing');

for (const [name, forward] of Object.entries(compositions)) {
  const check = {
    name,
    build: (device: Device) => {
      const [x, residual] = ['x', 'residual'].map((each) => values(device, each, [3, 4]));
      const inputs = { x, residual, weight: values(device, 'weight', [4, 4]), vector: values(device, 'vector', [4]) };
      return { parameters: Object.values(inputs), forward: (tape: Tape) => forward(tape, inputs) };
    },
  };

  sharing(`${name}: gradients are right, on the cpu device too`, async () => {
    for (const { error, message } of [
      await checkGradients(check, reference),
      await compareWithReference(check, cpu, reference),
    ]) {
      assert.ok(error <= 1, message);
      assert.ok(error > 0, 'nothing was compared');
    }
  });

  sharing(`${name}: the fused kernel runs, and all memory is freed`, async () => {
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

sharing.after(() => cpu.close());

sharing.run();
