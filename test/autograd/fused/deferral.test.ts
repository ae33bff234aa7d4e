import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deferredOp } from '../../../src/autograd/op.ts';
import { add } from '../../../src/autograd/ops/arithmetic/add.ts';
import { crossEntropy } from '../../../src/autograd/ops/crossEntropy.ts';
import { dropout } from '../../../src/autograd/ops/dropout.ts';
import { gelu } from '../../../src/autograd/ops/gelu.ts';
import { layerNorm } from '../../../src/autograd/ops/layerNorm.ts';
import { linear } from '../../../src/autograd/ops/linear.ts';
import { gatherSum } from '../../../src/autograd/ops/gatherSum.ts';
import { softmax } from '../../../src/autograd/ops/softmax.ts';
import { sum } from '../../../src/autograd/ops/arithmetic/sum.ts';
import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Tensor } from '../../../src/autograd/tensor.ts';
import { BertrandError } from '../../../src/error.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { launches } from './launches.ts';

const cpu = await openCpu({ threads: 1, products: 'wasm' });
const reference = openReference();

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

test('an unused tensor is not computed, and changes no number', async () => {
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

test('misuse is reported at the call, although nothing is computed', () => {
  const tape = new Tape(cpu);
  const x = tape.input(new Float32Array(6), [2, 3]);
  assert.throws(() => linear(x, square('weight')), says(/^linear: weight \(4, 4\) does not match x \(2, 3\)/));
});

test('a tensor still deferred when its tape is freed is gone', () => {
  const tape = new Tape(cpu);
  const waits = gelu(tape.use(row('x')), 'erf');
  tape.free();
  assert.throws(() => waits.array, says(/^gelu: the tape was freed/));
});

test('a tensor is computed once, however many ops use it', async () => {
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

test('a tensor computed already is not computed again by a fused kernel', async () => {
  const tape = new Tape(cpu, { gradients: false });
  const kernels = await launches(cpu, () => {
    const y = linear(tape.use(row('x')), square('weight'), vector('bias'));
    softmax(y);
    softmax(gelu(y, 'erf'));
  });
  tape.free();
  assert.equal(kernels, ['gelu', 'linear', 'softmax', 'softmax']);
});

test('a sum that broadcasts is not mistaken for a residual sum', async () => {
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

test('logits needed after the cross-entropy are not computed again', async () => {
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

test('an intermediate that a fused kernel skips can be read, before it and after', async () => {
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

test('a chain of any length is computed', async () => {
  const tape = new Tape(reference);
  const one = Parameter.of(reference, 'one', [1], [1]);
  let total: Tensor = tape.use(one);
  for (let i = 0; i < 20_000; i++) total = add(total, one);
  const read = total.read();
  tape.backward(total);
  assert.equal([...(await read)], [20_001]);
  assert.equal([...(await one.readGradient())], [20_001]);
});

test('deferred tensors are computed in the order of the calls, so that gradients accumulate in that order', () => {
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

test('an observer sees each op as it is called, and no fused kernel', async () => {
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

test.after(() => cpu.close());

test.run();
