import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { add } from '../../src/autograd/ops/arithmetic/add.ts';
import { dropout } from '../../src/autograd/ops/dropout.ts';
import { gather } from '../../src/autograd/ops/gather.ts';
import { crossEntropy } from '../../src/autograd/ops/crossEntropy.ts';
import { linear } from '../../src/autograd/ops/linear.ts';
import { sum } from '../../src/autograd/ops/arithmetic/sum.ts';
import { op } from '../../src/autograd/op.ts';
import { Parameter } from '../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../src/autograd/tape.ts';
import type { Launch, Tensor } from '../../src/autograd/tensor.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { BertrandError } from '../../src/error.ts';

const device = openReference();
const says = (pattern: RegExp) => (error: unknown) => error instanceof BertrandError && pattern.test(error.message);
const vector = (name: string, ...values: number[]): Parameter => Parameter.of(device, name, [values.length], values);

const errors = suite('misuse');

errors('mismatched shapes: the message names the op and both shapes', () => {
  const tape = new Tape(device);
  const a = tape.input(new Float32Array(6), [2, 3]);
  assert.throws(
    () => add(a, tape.input(new Float32Array(6), [3, 2])),
    says(/^add: shapes \(2, 3\) and \(3, 2\) do not match/),
  );
  assert.throws(
    () => linear(a, tape.input(new Float32Array(8), [4, 2])),
    says(/^linear: weight \(4, 2\) does not match x \(2, 3\)/),
  );
  assert.throws(() => tape.input(new Float32Array(5), [2, 3]), says(/5 values do not fill the shape \(2, 3\)/));
});

errors('values that do not fill a shape, and shapes that are none, are refused', () => {
  assert.throws(
    () => Parameter.of(device, 'w', [2, 3], [1, 2, 3]),
    says(/^Parameter\.of: w: 3 values do not fill the shape \(2, 3\)$/),
  );
  const tape = new Tape(device);
  for (const shape of [[-2, -3], [1.5, 4], [NaN]])
    assert.throws(() => tape.input(new Float32Array(6), shape), says(/expected whole numbers from 0 on$/));
});

errors('a rate of dropout that is no share below 1 is refused', () => {
  const tape = new Tape(device);
  const x = tape.input(new Float32Array(4), [4]);
  for (const rate of [2, 1, -0.1, NaN])
    assert.throws(
      () => dropout(x, rate, { keyHigh: 1, keyLow: 2 }),
      says(/^dropout: found the rate \S+; expected one from 0 to below 1$/),
    );
});

errors('backward twice is refused', () => {
  const tape = new Tape(device);
  const loss = sum(tape.use(vector('a', 1, 2)), 1);
  tape.backward(loss);
  assert.throws(() => tape.backward(loss), says(/^backward: backward has already walked this tape/));
});

errors('a tensor used after its tape was freed is refused', async () => {
  const tape = new Tape(device);
  const a = tape.input(new Float32Array(2), [2]);
  tape.free();
  assert.throws(() => add(a, a), says(/^add: the tape was freed/));
  try {
    await a.read();
    assert.unreachable();
  } catch (error) {
    assert.ok(says(/^read: the tape was freed/)(error), String(error));
  }
});

errors('a loss that is not a scalar is refused', () => {
  const tape = new Tape(device);
  assert.throws(
    () => tape.backward(add(tape.use(vector('a', 1, 2)), vector('b', 1, 2))),
    says(/a loss must be a scalar, found shape \(2\)/),
  );
});

errors('a loss that depends on no parameter, or is on another tape, is refused', () => {
  const tape = new Tape(device);
  const constant = sum(tape.input(new Float32Array(2), [2]), 1);
  assert.throws(() => tape.backward(constant), says(/depends on no parameter/));
  assert.throws(() => new Tape(device).backward(constant), says(/not on this tape/));
  assert.throws(() => add(constant, new Tape(device).input(new Float32Array(1), [])), says(/different tapes/));
  assert.throws(() => add(vector('a', 1), vector('b', 1)), says(/no input is on a tape/));
});

errors('an index or a label out of range: the message names it', () => {
  const tape = new Tape(device);
  const table = Parameter.of(device, 'table', [3, 2], new Float32Array(6));
  assert.throws(
    () => gather(table, tape.input(Int32Array.of(0, 3), [2])),
    says(/index 3 at 1 is outside the table \(3, 2\)/),
  );
  const logits = tape.input(new Float32Array(6), [2, 3]);
  assert.throws(() => crossEntropy(logits, tape.input(Int32Array.of(-1, 0), [2])), says(/label -1 of row 0/));
});

errors.run();

const gradients = suite('gradients');

gradients('accumulate over micro-batches until they are cleared', async () => {
  const a = vector('a', 1, 2);
  for (const scale of [1, 10]) {
    const tape = new Tape(device);
    tape.backward(sum(tape.use(a), scale));
  }
  assert.equal([...(await a.readGradient())], [11, 11]);
});

gradients('of a parameter that is used twice are the sum over both uses', async () => {
  const table = Parameter.of(device, 'table', [2, 2], [1, 2, 3, 4]);
  const tape = new Tape(device);
  const rows = gather(table, tape.input(Int32Array.of(1, 1, 0), [3])); // (3, 2)
  tape.backward(sum(linear(rows, table), 1)); // (3, 2)
  // d/dtable of sum(rows @ table'): each row gathered adds [4, 6]; each row of table gets the sum of rows [7, 10]
  assert.equal([...(await table.readGradient())], [7 + 4, 10 + 6, 7 + 8, 10 + 12]);
});

gradients('shared by two tensors are not overwritten when one of them gets another gradient', async () => {
  const [a, b] = [vector('a', 1, 2), vector('b', 3, 4)];
  const tape = new Tape(device);
  const [x, y] = [tape.use(a), tape.use(b)];
  const scaled = sum(x, 10);
  const both = add(x, y); // its gradient is one array for x and for y
  tape.backward(sum(add(sum(both, 1), scaled), 1));
  assert.equal([...(await a.readGradient())], [11, 11]);
  assert.equal([...(await b.readGradient())], [1, 1]);
});

gradients('of a parameter that backward never reached are zero', async () => {
  assert.equal([...(await vector('a', 1, 2).readGradient())], [0, 0]);
});

gradients.run();

const memory = suite('memory');

memory('arrays allocated on a tape are freed with it, after backward, free or evaluation', () => {
  const weight = Parameter.of(device, 'weight', [3, 3], new Float32Array(9));
  const before = device.memory.live;
  const forward = (tape: Tape) => {
    const x = tape.input(new Float32Array(6), [2, 3]);
    return sum(add(linear(x, weight), linear(add(x, x), weight)), 1);
  };
  const first = new Tape(device);
  first.backward(forward(first));
  assert.is(device.memory.live, before, 'after backward');
  const second = new Tape(device);
  forward(second);
  second.free();
  assert.is(device.memory.live, before, 'after free');
  const third = new Tape(device, { gradients: false });
  forward(third);
  assert.ok(device.memory.live > before);
  third.free();
  assert.is(device.memory.live, before, 'after evaluation');
});

/** An op whose backward calls `look` and saves nothing. */
const probe = (look: (launch: Launch, x: Tensor) => void) =>
  op('probe', (launch, x: Tensor) => ({
    output: launch('add', { a: x, b: x }, { size: x.size }).y,
    shape: x.shape,
    backward: (dy, launch) => {
      look(launch, x);
      return [dy];
    },
    saved: [],
  }));

memory('arrays that no op saves are freed before backward begins', () => {
  const weight = Parameter.of(device, 'weight', [1000], new Float64Array(1000));
  const tape = new Tape(device);
  const live: number[] = [];
  const looked = probe(() => void live.push(device.memory.live));
  const x = tape.use(weight);
  const loss = sum(looked(add(add(x, x), x)), 1);
  live.push(device.memory.live);
  tape.backward(loss);
  const [before, during] = live;
  const array = 8 * 1024; // bytes of 1000 numbers, rounded up by the pool
  const scalar = 8 * 4;
  assert.is(before - during, 3 * array + scalar - array); // freed: two sums, the probe's output and the loss; allocated: a gradient
});

memory('an op whose backward uses an array that it has not saved gets an error', () => {
  const tape = new Tape(device);
  const careless = probe((launch, x) => void launch('add', { a: x, b: x }, { size: x.size }));
  const x = tape.use(vector('a', 1, 2));
  const loss = sum(careless(add(x, x)), 1);
  assert.throws(() => tape.backward(loss), says(/kernel add, a: the array was already freed/));
});

memory('an op is recorded under the innermost box, also after an error in a box', () => {
  const boxes: string[] = [];
  const tape = new Tape(device, { observer: { onForward: (_op, _inputs, _outputs, box) => void boxes.push(box) } });
  const a = vector('a', 1, 2);
  tape.inBox('outer', () => {
    tape.use(a);
    tape.inBox('outer.inner', () => tape.use(a));
    assert.throws(() => tape.inBox('outer.broken', () => add(tape.use(a), tape.use(vector('b', 1, 2, 3)))));
    tape.use(a);
  });
  tape.use(a);
  tape.free();
  assert.equal(boxes, ['outer', 'outer.inner', 'outer.broken', 'outer.broken', 'outer', '']);
});

memory('an op that omits `saved` may use all of its intermediates in backward', async () => {
  const doubled = op('doubled', (launch, x: Tensor) => {
    const { y: kept } = launch('add', { a: x, b: x }, { size: x.size });
    return {
      output: launch('add', { a: kept, b: x }, { size: x.size }).y,
      shape: x.shape,
      backward: (_, launch) => [launch('add', { a: kept, b: x }, { size: x.size }).y],
    };
  });
  const a = vector('a', 1, 2);
  const before = device.memory.live;
  const tape = new Tape(device);
  tape.backward(sum(doubled(add(tape.use(a), a)), 1));
  assert.equal([...(await a.readGradient())], [12, 24]); // twice three times a + a
  assert.is(device.memory.live, before);
});

memory('after the second step nothing is allocated', () => {
  const weight = Parameter.of(device, 'weight', [5, 5], new Float32Array(25));
  const allocations: number[] = [];
  for (let step = 0; step < 5; step++) {
    const tape = new Tape(device, { step });
    tape.backward(sum(linear(tape.input(new Float32Array(35), [7, 5]), weight), 1));
    allocations.push(device.memory.allocations);
  }
  assert.is(allocations[4], allocations[1]);
});

memory.run();
