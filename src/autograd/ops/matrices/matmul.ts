import { BertrandError } from '../../../error.ts';
import type { DeviceArray, Target } from '../../../kernels/device.ts';
import { matmulParameters } from '../../../kernels/matmulParameters.ts';
import { op } from '../../op.ts';
import { show, sizeOf } from '../../shape.ts';
import type { Shape } from '../../shape.ts';
import type { Launch, Tensor } from '../../tensor.ts';

/** How `matmul` reads its matrices. */
export interface MatmulOptions {
  /** Whether a is (..., k, m), and c = a' @ b. */
  readonly transposeA?: boolean;
  /** Whether b is (..., n, k), and c = a @ b'. */
  readonly transposeB?: boolean;
}

/**
 * c = a @ b, for each matrix of a batch. Shapes that do not match throw a BertrandError.
 * @param a (..., m, k)
 * @param b (..., k, n) with the leading dimensions of a; or one (k, n) for the whole batch, if a is not transposed
 * @returns (..., m, n)
 */
export const matmul = op('matmul', (launch, a: Tensor, b: Tensor, options: MatmulOptions = {}) => {
  const { transposeA = false, transposeB = false } = options;
  const { batch, m, n, k, shape } = sizesOf(a, b, transposeA, transposeB);
  const [A, B] = [factor(a, transposeA), factor(b, transposeB)];
  return {
    output: multiply(launch, batch, [m, n, k], A, B),
    shape,
    backward: (dc, launch, into) => {
      const C = factor(dc, false);
      return [
        transposeA
          ? multiply(launch, batch, [k, m, n], B, flipped(C), into[0])
          : multiply(launch, batch, [m, k, n], C, flipped(B), into[0]),
        transposeB
          ? multiply(launch, batch, [n, k, m], flipped(C), A, into[1])
          : multiply(launch, batch, [k, n, m], flipped(A), C, into[1]),
      ];
    },
    saved: [a, b],
  };
});

/** A batch of matrices, as they are or transposed. */
interface Factor {
  readonly array: Tensor | DeviceArray;
  readonly transposed: boolean;
}

const factor = (array: Tensor | DeviceArray, transposed: boolean): Factor => ({ array, transposed });
const flipped = ({ array, transposed }: Factor): Factor => factor(array, !transposed);

/** The (m, n) products of (m, k) and (k, n) factors, for the whole batch. */
function multiply(
  launch: Launch,
  batch: number,
  [m, n, k]: readonly [number, number, number],
  first: Factor,
  second: Factor,
  into?: Target,
): DeviceArray {
  const parameters = matmulParameters({
    m,
    n,
    k,
    outer: batch,
    transposeA: first.transposed,
    transposeB: second.transposed,
    a: { row: first.transposed ? m : k, outer: m * k },
    b: { row: second.transposed ? k : n, outer: k * n },
    c: { row: n, outer: m * n },
  });
  return launch('matmul', { a: first.array, b: second.array }, parameters, { c: into }).c;
}

function sizesOf(
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
): Record<'batch' | 'm' | 'n' | 'k', number> & { readonly shape: Shape } {
  const [outer, outerOfB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [m, k] = sides(a.shape, transposeA);
  const [inner, n] = sides(b.shape, transposeB);
  const shape = [...outer, m, n];
  const shared = outerOfB.length === 0 && !transposeA;
  const batched = outer.length === outerOfB.length && outer.every((dimension, i) => dimension === outerOfB[i]);
  if (a.shape.length < 2 || b.shape.length < 2 || k !== inner || !(shared || batched))
    throw new BertrandError(
      `matmul: ${nameOf(a, transposeA)} @ ${nameOf(b, transposeB)}: the shapes do not match; expected (..., m, k) @ (..., k, n) with the same leading dimensions, or (..., m, k) @ (k, n)`,
    );
  // With one b for the whole batch, all matrices a are the rows of a single one.
  return shared ? { batch: 1, m: sizeOf(outer) * m, n, k, shape } : { batch: sizeOf(outer), m, n, k, shape };
}

/** The last two dimensions, swapped if transposed. */
function sides(shape: Shape, transposed: boolean): readonly number[] {
  const last = shape.slice(-2);
  return transposed ? last.toReversed() : last;
}

function nameOf({ shape }: Tensor, transposed: boolean): string {
  return transposed ? `${show(shape)}'` : show(shape);
}
