import type { Kernels } from '../../../contract.ts';
import type { Engine, WebGlHandles } from '../../engine/engine.ts';
import { shaped } from '../../engine/engine.ts';
import { findResult, findRow, operandSteps, resultSteps, resultStepsOf, sourcesOf } from './matmulLayout.ts';

/**
 * The product with four numbers per texel. Fragment shaders have no shared memory, so the only way to read less is to compute
 * more in one thread: a block of 2 x 2 products does sixteen multiplications with four texel reads, whereas with one number
 * per thread each multiplication needs two reads.
 */
export function packedProduct(engine: Engine): Kernels<WebGlHandles>['matmul'] {
  // Thread (k / 4, row, matrix): four neighbours along k, zeros beyond its end.
  const operand = engine.program({
    name: 'matmulPackedOperand',
    parameters: { a: 'array', ...operandSteps, depth: 'integer' },
    returns: 4,
    body: `${findRow}
      let k = this.thread.x * 4;
      let first = a[top + k * depthDown][left + k * depthRight];
      let second = 0;
      let third = 0;
      let fourth = 0;
      if (k + 1 < depth) {
        second = a[top + (k + 1) * depthDown][left + (k + 1) * depthRight];
      }
      if (k + 2 < depth) {
        third = a[top + (k + 2) * depthDown][left + (k + 2) * depthRight];
      }
      if (k + 3 < depth) {
        fourth = a[top + (k + 3) * depthDown][left + (k + 3) * depthRight];
      }
      return [first, second, third, fourth];
    `,
  });
  // Thread (column / 2, row / 2, matrix): a block of two rows of a by two rows of b, both along k.
  const product = engine.program({
    name: 'matmulPackedProduct',
    parameters: { a: 'packed', b: 'packed', steps: 'integer', scale: 'real' },
    returns: 4,
    functions: [
      `function dot4(u, v) {
        return u[0] * v[0] + u[1] * v[1] + u[2] * v[2] + u[3] * v[3];
      }`,
    ],
    body: `
      let row = this.thread.y * 2;
      let column = this.thread.x * 2;
      let topLeft = 0;
      let topRight = 0;
      let bottomLeft = 0;
      let bottomRight = 0;
      for (let k = 0; k < steps; k++) {
        let a0 = a[this.thread.z][row][k];
        let a1 = a[this.thread.z][row + 1][k];
        let b0 = b[this.thread.z][column][k];
        let b1 = b[this.thread.z][column + 1][k];
        topLeft += dot4(a0, b0);
        topRight += dot4(a0, b1);
        bottomLeft += dot4(a1, b0);
        bottomRight += dot4(a1, b1);
      }
      return [scale * topLeft, scale * topRight, scale * bottomLeft, scale * bottomRight];
    `,
  });
  const result = engine.program({
    name: 'matmulPackedResult',
    parameters: { c: 'packed', ...resultSteps },
    body: `${findResult}
      let blockRow = Math.floor(row * 0.5);
      let blockColumn = Math.floor(this.thread.x * 0.5);
      let block = c[matrix][blockRow][blockColumn];
      let bottom = row - blockRow * 2 > 0.5;
      let value = block[0];
      if (this.thread.x - blockColumn * 2 > 0.5) {
        value = bottom ? block[3] : block[1];
      } else if (bottom) {
        value = block[2];
      }
      return value;
    `,
  });
  return ({ a, b }, p, { c }) => {
    const { m, n, k, scale } = p;
    const matrices = p.outer * p.inner;
    const steps = Math.ceil(k / 4);
    const [blockRows, blockColumns] = [Math.ceil(m / 2), Math.ceil(n / 2)];
    const { aLines, bLines, aSteps, bSteps } = sourcesOf(p);
    const left = engine.workspace(steps * m * matrices, 'packed');
    const right = engine.workspace(steps * n * matrices, 'packed');
    operand(left, [steps, m, matrices], { a: shaped(a, p.aRow, aLines), ...aSteps, depth: k });
    operand(right, [steps, n, matrices], { a: shaped(b, p.bRow, bLines), ...bSteps, depth: k });
    const blocks = engine.workspace(blockColumns * blockRows * matrices, 'packed');
    product(blocks, [blockColumns, blockRows, matrices], {
      a: shaped(left, steps, m, matrices),
      b: shaped(right, steps, n, matrices),
      steps,
      scale,
    });
    const { extents, steps: places } = resultStepsOf(p);
    const [fast, middle, slow] = extents;
    result(c, [n, fast, middle * slow], { c: shaped(blocks, blockColumns, blockRows, matrices), ...places });
  };
}
