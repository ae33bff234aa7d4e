import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { train } from '../../../src/train/loop.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import { newtonSchulz } from '../../../src/train/optimizer/newtonSchulz.ts';
import { toBf16 } from '../../kernels/bf16.ts';
import { bf16Options } from '../../kernels/cpu/native/nativeOptions.ts';
import { notes, smallTraining } from '../smallTraining.ts';

type Round = (value: number) => number;

/** Row-major matrices. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

const matrix = (rows: number, columns: number, value: (row: number, column: number) => number): Matrix => ({
  rows,
  columns,
  values: Float64Array.from({ length: rows * columns }, (_, i) => value(Math.floor(i / columns), i % columns)),
});
const at = ({ values, columns }: Matrix, row: number, column: number): number => values[row * columns + column];
const turned = (x: Matrix): Matrix => matrix(x.columns, x.rows, (row, column) => at(x, column, row));
const product = (a: Matrix, b: Matrix): Matrix =>
  matrix(a.rows, b.columns, (row, column) => {
    let sum = 0;
    for (let k = 0; k < a.columns; k++) sum += at(a, row, k) * at(b, k, column);
    return sum;
  });
const each = (x: Matrix, y: Matrix, value: (x: number, y: number) => number): Matrix => ({
  ...x,
  values: x.values.map((one, i) => value(one, y.values[i])),
});

/**
 * Jordan's iteration, written plainly in float64.
 * @param operand what products do to their operands
 * @param result what becomes of everything that is computed: in his implementation all of it is bf16
 * @param isTurned whether of the matrix on its side, where the products' operands change places
 */
function iteration(G: Matrix, operand: Round, result: Round, isTurned = false): Matrix {
  if (G.rows > G.columns) return turned(iteration(turned(G), operand, result, true));
  const multiplied = (a: Matrix, b: Matrix): Matrix => {
    const rounded = (x: Matrix): Matrix => each(x, x, operand);
    const c = product(rounded(a), rounded(b));
    return each(c, c, result);
  };
  const norm = Math.hypot(...G.values) + 1e-7;
  let X = each(G, G, (value) => result(value / norm));
  for (let i = 0; i < 5; i++) {
    const A = multiplied(X, turned(X));
    const cAA = multiplied(
      each(A, A, (a) => result(2.0315 * a)),
      A,
    ); // not symmetric where operands are rounded
    const B = each(A, isTurned ? turned(cAA) : cAA, (a, aa) => result(-4.775 * a + aa));
    X = each(X, multiplied(B, X), (x, bx) => result(3.4445 * x + bx));
  }
  return X;
}

const exactly: Round = (value) => value;

/** Root mean square of the difference. */
const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
  Math.sqrt(Array.from(x).reduce((sum, value, i) => sum + (value - y[i]) ** 2, 0) / x.length);

for (const [name, options] of Object.entries(bf16Options))
  for (const [rows, columns] of [
    [48, 48],
    [32, 80],
    [96, 40],
  ]) {
    test(`Newton-Schulz, ${name}, ${rows} x ${columns}: as a plain writing whose products round, nearer than Jordan's, all in bf16`, async () => {
      const device = await openCpu({ ...options, threads: 1 });
      const random = seedrandom('matrices');
      const all = [1, 2].map(() => matrix(rows, columns, () => random() + random() - 1));
      const values = Float32Array.from(all.flatMap(({ values }) => [...values]));
      const x = newtonSchulz(device, device.upload('f32', values), { count: 2, rows, columns });
      const found = await device.read(x);
      for (const [i] of all.entries()) {
        const part = found.slice(i * rows * columns, (i + 1) * rows * columns);
        const G = matrix(rows, columns, (row, column) => values[i * rows * columns + row * columns + column]);
        const exact = iteration(G, exactly, exactly).values;
        const size = distance(exact, new Float64Array(exact.length));
        const rounding = distance(part, iteration(G, toBf16, Math.fround).values) / size;
        const inexact = distance(part, exact) / size;
        const jordan = distance(iteration(G, toBf16, toBf16).values, exact) / size;
        assert.ok(inexact > 0.01, `${inexact} from float64: nothing was rounded`);
        // a sum next to the edge of a bf16 may fall on either side of it, from where the difference spreads
        assert.ok(rounding < 0.6 * inexact, `${rounding} from products that round, ${inexact} from others`);
        assert.ok(inexact < jordan && jordan < 0.04, `${inexact} from float64, Jordan's ${jordan}`);
      }
      await device.close();
    });
  }

for (const [name, options] of Object.entries(bf16Options)) {
  const open = (): Promise<Device> => openCpu({ ...options, threads: 1 });
  const settings = [
    'train.optimizer={ name: muon, learningRate: 0.01 }',
    'train.precision=bf16',
    'log.every=1',
    'train.steps=40',
  ];

  test(`Muon, ${name}: the losses are those of f32, and it goes on bit for bit`, async () => {
    const [bf16, f32] = [await open(), await openCpu({ threads: 1 })];
    const [found, expected] = [notes(), notes()];
    const whole = await smallTraining(bf16, settings);
    await train(whole, 0, found);
    await train(await smallTraining(f32, settings), 0, expected);
    for (const [i, loss] of expected.losses.entries())
      assert.ok(Math.abs(found.losses[i] - loss) < 2e-3 * loss, `step ${i + 1}: ${found.losses[i]}, in f32 ${loss}`);
    assert.not.equal(found.losses, expected.losses);
    const last = found.losses.slice(-10).reduce((sum, loss) => sum + loss / 10, 0);
    assert.ok(last < found.losses[0] - 0.2, found.losses.join(' '));

    const first = await smallTraining(bf16, settings);
    let stopped = 0;
    await train(first, 0, { ...notes(), onStep: (step) => void (stopped = step), stopRequested: () => stopped === 5 });
    const second = await smallTraining(bf16, settings);
    writeParameters(second.model.parameters, await readParameters(first.model.parameters));
    second.optimizer.restore(await first.optimizer.state());
    await train(second, 5, notes());
    assert.equal(await readParameters(second.model.parameters), await readParameters(whole.model.parameters));
    for (const device of [bf16, f32]) await device.close();
  });
}

test.run();
