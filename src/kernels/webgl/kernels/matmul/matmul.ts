import type { Kernels } from '../../../contract.ts';
import type { Engine, WebGlHandles } from '../../engine/engine.ts';
import { shaped } from '../../engine/engine.ts';
import { findResult, findRow, operandSteps, resultSteps, resultStepsOf, sourcesOf } from './matmulLayout.ts';
import { packedProduct } from './matmulPacked.ts';

type MatmulKernel = Kernels<WebGlHandles>['matmul'];

/**
 * c = scale * a @ b for a whole batch of matrices, in three passes: lay out both operands so that the numbers to be
 * multiplied are adjacent, multiply, and move the products to their places in c.
 */
export function matmulKernels(engine: Engine): { matmul: MatmulKernel } {
  return { matmul: engine.packs ? packedProduct(engine) : plainProduct(engine) };
}

/** The product with one number per thread: simple and slow. */
function plainProduct(engine: Engine): MatmulKernel {
  const operand = engine.program({
    name: 'matmulOperand',
    parameters: { a: 'array', ...operandSteps },
    body: `${findRow}
      return a[top + this.thread.x * depthDown][left + this.thread.x * depthRight];
    `,
  });
  const product = engine.program({
    name: 'matmulProduct',
    parameters: { a: 'array', b: 'array', depth: 'integer', scale: 'real' },
    body: `
      let total = 0;
      for (let k = 0; k < depth; k++) {
        total += a[this.thread.z][this.thread.y][k] * b[this.thread.z][this.thread.x][k];
      }
      return scale * total;
    `,
  });
  const result = engine.program({
    name: 'matmulResult',
    parameters: { c: 'array', ...resultSteps },
    body: `${findResult}
      return c[matrix][row][this.thread.x];
    `,
  });
  return ({ a, b }, p, { c }) => {
    const { m, n, k, scale } = p;
    const matrices = p.outer * p.inner;
    const sources = sourcesOf(p);
    const [left, right] = [engine.workspace(k * m * matrices), engine.workspace(k * n * matrices)];
    operand(left, [k, m, matrices], { a: shaped(a, p.aRow, sources.aLines), ...sources.aSteps });
    operand(right, [k, n, matrices], { a: shaped(b, p.bRow, sources.bLines), ...sources.bSteps });
    const products = engine.workspace(m * n * matrices);
    product(products, [n, m, matrices], {
      a: shaped(left, k, m, matrices),
      b: shaped(right, k, n, matrices),
      depth: k,
      scale,
    });
    const { extents, steps } = resultStepsOf(p);
    const [fast, middle, slow] = extents;
    result(c, [n, fast, middle * slow], { c: shaped(products, n, m, matrices), ...steps });
  };
}
