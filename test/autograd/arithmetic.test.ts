import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { add } from '../../src/autograd/ops/arithmetic/add.ts';
import { div } from '../../src/autograd/ops/arithmetic/div.ts';
import { exp } from '../../src/autograd/ops/arithmetic/exp.ts';
import { mul } from '../../src/autograd/ops/arithmetic/mul.ts';
import { relu } from '../../src/autograd/ops/arithmetic/relu.ts';
import { sub } from '../../src/autograd/ops/arithmetic/sub.ts';
import { sum } from '../../src/autograd/ops/arithmetic/sum.ts';
import { matmul } from '../../src/autograd/ops/matrices/matmul.ts';
import { reshape } from '../../src/autograd/ops/matrices/reshape.ts';
import { transpose } from '../../src/autograd/ops/matrices/transpose.ts';
import { Parameter } from '../../src/autograd/parameters/parameter.ts';
import { sizeOf } from '../../src/autograd/shape.ts';
import type { Shape } from '../../src/autograd/shape.ts';
import { Tape } from '../../src/autograd/tape.ts';
import type { Tensor } from '../../src/autograd/tensor.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { BertrandError } from '../../src/error.ts';

const device = openReference();
const counting = (shape: Shape, first = 1): Float64Array =>
  Float64Array.from({ length: sizeOf(shape) }, (_, i) => first + i);
/** The values of an op on tensors with elements 1, 2, 3 ... and 10, 11, 12 ... */
const valuesOf = async (left: Shape, right: Shape, op: (a: Tensor, b: Tensor) => Tensor): Promise<number[]> => {
  const tape = new Tape(device);
  const read = op(tape.input(counting(left), left), tape.input(counting(right, 10), right)).read();
  tape.free();
  return [...(await read)];
};

const values = suite('values');

values('the smaller of two shapes is broadcast, on either side', async () => {
  assert.equal(await valuesOf([2, 2], [2, 2], add), [11, 13, 15, 17]);
  assert.equal(await valuesOf([2, 2], [2], sub), [-9, -9, -7, -7]);
  assert.equal(await valuesOf([2], [2, 2], sub), [-9, -9, -11, -11]);
  assert.equal(await valuesOf([2, 2], [], mul), [10, 20, 30, 40]);
  assert.equal(await valuesOf([1], [2, 2], div), [1 / 10, 1 / 11, 1 / 12, 1 / 13]);
  assert.equal(await valuesOf([2, 1], [1], add), [11, 12]);
});

values('a number is broadcast', async () => {
  const ofNumber = (op: (a: Tensor, b: number) => Tensor) => valuesOf([3], [], (a) => op(a, 4));
  assert.equal(await ofNumber(add), [5, 6, 7]);
  assert.equal(await ofNumber(sub), [-3, -2, -1]);
  assert.equal(await ofNumber(mul), [4, 8, 12]);
  assert.equal(await ofNumber(div), [0.25, 0.5, 0.75]);
});

values('the result has the larger shape, as in NumPy', () => {
  const tape = new Tape(device);
  const of = (shape: Shape) => tape.input(counting(shape), shape);
  for (const [a, b, result] of [
    [[2, 3], [3], [2, 3]],
    [[3], [2, 3], [2, 3]],
    [[], [1], [1]],
    [[1, 3], [3], [1, 3]],
    [
      [2, 3],
      [1, 3],
      [2, 3],
    ],
  ])
    assert.equal(add(of(a), of(b)).shape, result);
});

values('matmul multiplies transposed and batched matrices', async () => {
  assert.equal(await valuesOf([1, 2], [2, 2], matmul), [34, 37]); // [1 2] @ [[10 11] [12 13]]
  assert.equal(await valuesOf([1, 2], [2, 2], (a, b) => matmul(a, b, { transposeB: true })), [32, 38]);
  assert.equal(await valuesOf([2, 1], [2, 2], (a, b) => matmul(a, b, { transposeA: true })), [34, 37]);
  assert.equal(await valuesOf([2, 1, 2], [2, 2, 1], matmul), [32, 3 * 12 + 4 * 13]);
  assert.equal(await valuesOf([2, 1, 2], [2, 1], matmul), [32, 74]);
});

values('transpose swaps the last two dimensions', async () => {
  assert.equal(await valuesOf([2, 2, 3], [], transpose), [1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12]);
  assert.equal(await valuesOf([2, 3], [], (a) => sum(mul(transpose(a), reshape(a, [3, 2])))), [86]);
});

values('relu keeps NaN, so that it is noticed', async () => {
  const x = Parameter.of(device, 'x', [4], [NaN, -1, 0, 2]);
  const tape = new Tape(device);
  const y = relu(tape.use(x));
  const read = y.read();
  tape.backward(y, [1, 1, 1, 1]);
  assert.equal([...(await read)], [NaN, 0, 0, 2]);
  assert.equal([...(await x.readGradient())].slice(1), [0, 0, 1]);
});

values.run();

const errors = suite('errors');

const wrong: readonly (readonly [Shape, Shape, (a: Tensor, b: Tensor) => Tensor, RegExp])[] = [
  [[2, 3], [2], add, /^add: shapes \(2, 3\) and \(2\) do not match; they must be equal, or one a scalar/],
  [[3], [2, 4], sub, /^sub: shapes \(3\) and \(2, 4\) do not match/],
  [[1, 3], [3, 1], mul, /^mul: shapes \(1, 3\) and \(3, 1\) do not match/],
  [[2, 3], [3, 2], div, /^div: shapes \(2, 3\) and \(3, 2\) do not match/],
  [[2, 3], [1, 1, 3], mul, /^mul: shapes \(2, 3\) and \(1, 1, 3\) do not match/],
  [
    [2, 3],
    [2, 3],
    matmul,
    /^matmul: \(2, 3\) @ \(2, 3\): the shapes do not match; expected \(\.\.\., m, k\) @ \(\.\.\., k, n\)/,
  ],
  [[3], [3, 2], matmul, /^matmul: \(3\) @ \(3, 2\): the shapes do not match/],
  [[2, 3, 4], [3, 4, 5], matmul, /^matmul: \(2, 3, 4\) @ \(3, 4, 5\): the shapes do not match/],
  [
    [2, 4, 3],
    [4, 5],
    (a, b) => matmul(a, b, { transposeA: true }),
    /^matmul: \(2, 4, 3\)' @ \(4, 5\): the shapes do not/,
  ],
  [[2, 3], [], (a) => reshape(a, [4]), /^reshape: \(2, 3\) has 6 elements, \(4\) has 4/],
  [[3], [], (a) => transpose(a), /^transpose: expected shape \(\.\.\., rows, columns\), found \(3\)/],
];
for (const [left, right, op, message] of wrong)
  errors(`${message}`, () => {
    const tape = new Tape(device);
    assert.throws(
      () => op(tape.input(counting(left), left), tape.input(counting(right), right)),
      (error: unknown) => error instanceof BertrandError && message.test(error.message),
    );
  });

errors.run();

const memory = suite('memory');

memory('an array shared by reshape is freed once, and not before its last use', async () => {
  const x = Parameter.of(device, 'x', [6], counting([6]));
  const before = device.memory.live;
  const forward = (tape: Tape): Tensor => {
    const made = mul(tape.use(x), 2);
    const shaped = reshape(made, [2, 3]);
    return sum(mul(shaped, reshape(shaped, [2, 3])));
  };
  const tape = new Tape(device);
  tape.backward(forward(tape));
  assert.equal([...(await x.readGradient())], [8, 16, 24, 32, 40, 48]); // of 4 x^2
  assert.is(device.memory.live, before, 'after backward');
  const freed = new Tape(device);
  forward(freed);
  freed.free();
  assert.is(device.memory.live, before, 'after free');
  const evaluated = new Tape(device, { gradients: false });
  forward(evaluated);
  evaluated.free();
  assert.is(device.memory.live, before, 'after evaluation');
});

memory('a reshaped parameter and a reshaped input are not freed early', async () => {
  const x = Parameter.of(device, 'x', [2, 2], [1, 2, 3, 4]);
  const tape = new Tape(device);
  const [flat, ids] = [reshape(tape.use(x), [4]), reshape(tape.input(counting([4]), [2, 2]), [4])];
  tape.backward(sum(mul(exp(flat), ids)));
  assert.equal([...(await x.read())], [1, 2, 3, 4]);
  assert.equal(
    [...(await x.readGradient())],
    [1, 2, 3, 4].map((value) => value * Math.exp(value)),
  );
});

memory.run();
