import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmulParameters } from '../../../src/kernels/matmulParameters.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { matrixTiles } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { differences } from '../conformance.ts';
import { uniform } from '../caseMakers.ts';
import { openEmulated } from './openEmulated.ts';
import { canTest } from './openForTests.ts';

/** Large matrices of unequal sides: few of them fill a tile, so drivers have little to compile. */
const unit: MatrixUnit = { operand: 'f32', m: 32, n: 16, k: 8, subgroup: 32, fixed: false };
const tiles = matrixTiles.filter(({ side }) => side === 64);

const product = (m: number, n: number, k: number, transposes: number) => {
  const [transposeA, transposeB] = [transposes % 2 === 1, transposes > 1];
  const strides = { a: { row: transposeA ? m : k }, b: { row: transposeB ? k : n }, c: { row: n } };
  return { parameters: matmulParameters({ m, n, k, transposeA, transposeB, scale: 0.7, ...strides }) };
};
/** Two heads of two sequences, side by side. */
const heads = {
  parameters: matmulParameters({
    m: 64,
    n: 64,
    k: 32,
    transposeA: false,
    transposeB: true,
    scale: 0.7,
    outer: 2,
    inner: 2,
    a: { row: 64, outer: 64 * 64, inner: 32 },
    b: { row: 64, outer: 64 * 64, inner: 32 },
    c: { row: 64, outer: 2 * 64 * 64, inner: 64 * 64 },
  }),
};
const mask = { rate: 0.3, keyHigh: 12345, keyLow: 67890 };
const whole = { rows: 128, inputs: 64, outputs: 192 };
const edged = { rows: 70, inputs: 84, outputs: 40 };
const gelus = [whole, edged].map((sizes, tanh) => ({ parameters: { ...sizes, tanh, ...mask } }));

/** Products without edges, whose operands matrix units load from their arrays, and others. */
const cases = {
  matmul: [
    ...[0, 1, 2, 3].flatMap((transposes) => [product(64, 128, 96, transposes), product(68, 36, 72, transposes)]),
    product(35, 90, 33, 2), // no vectors
    heads,
  ],
  linear: [1, 3].map((layers) => ({ parameters: { ...(layers === 1 ? edged : whole), layers } })),
  linearGelu: gelus,
  linearInputGradient: [whole, edged].map((sizes) => ({ parameters: { ...sizes, layers: 3 } })),
  linearInputGradientAdd: [{ parameters: { ...whole, layers: 3 } }],
  linearInputGradientGelu: gelus.map((given) => ({ ...given, inputs: { x: uniform(-6, 6) } })),
  linearParameterGradients: [
    { parameters: { ...whole, rows: 1056, layers: 1 } }, // in parts
    { parameters: { ...edged, layers: 2 } },
  ],
} as const;

if (await canTest()) {
  const reference = openReference();
  const { emulated, matrixShaders } = await openEmulated(unit, tiles);

  for (const [kernel, given] of Object.entries(cases))
    test(`${kernel} on emulated matrix units agrees with reference`, async () => {
      assert.equal(
        await differences(kernel as keyof typeof cases, emulated, reference, undefined, undefined, given),
        [],
      );
    });

  test('operands came from their arrays, through workgroup memory, and one each way', () => {
    const straight = new Set(
      matrixShaders.map((code) => ['a', 'b'].filter((array) => code.includes(`>(&${array}, `)).join('')),
    );
    for (const kind of ['ab', '', 'b']) assert.ok(straight.has(kind), kind);
  });

  test.after(() => emulated.close());
}

test.run();
