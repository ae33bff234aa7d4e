import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import { clip } from './clip.ts';

/** Numbers of a row that one thread adds up. */
const PIECE = 256;

/** What Muon needs apart from products. */
export function muonKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'nesterov' | 'normaliseRows'> {
  const moment = engine.program({
    name: 'nesterovMomentum',
    parameters: { momentum: 'array', gradients: 'array', squaredNorm: 'array', clipNorm: 'real', rate: 'real' },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      return momentum[this.thread.x] + rate * (gradient - momentum[this.thread.x]);
    `,
  });
  const ahead = engine.program({
    name: 'nesterovUpdate',
    parameters: { momentum: 'array', gradients: 'array', squaredNorm: 'array', clipNorm: 'real', beta: 'real' },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      return gradient + beta * (momentum[this.thread.x] - gradient);
    `,
  });
  const squares = engine.program({
    name: 'squaresOfPieces',
    parameters: { x: 'array', columns: 'integer', piece: 'integer' },
    body: `
      let begin = this.thread.x * piece;
      let total = 0;
      for (let i = 0; i < piece; i++) {
        if (begin + i < columns) {
          let value = x[this.thread.y][begin + i];
          total += value * value;
        }
      }
      return total;
    `,
  });
  const norms = engine.program({
    name: 'normsOfRows',
    parameters: { pieces: 'array', count: 'integer' },
    body: `
      let total = 0;
      for (let i = 0; i < count; i++) {
        total += pieces[this.thread.x][i];
      }
      return Math.sqrt(total);
    `,
  });
  const divided = engine.program({
    name: 'normaliseRows',
    parameters: { x: 'array', norms: 'array', epsilon: 'real' },
    body: `
      return x[this.thread.y][this.thread.x] / (norms[this.thread.y] + epsilon);
    `,
  });
  return {
    nesterov({ gradients, momentum, squaredNorm }, { size, beta, clipNorm }, { update }) {
      const common = { gradients: shaped(gradients, size), squaredNorm: shaped(squaredNorm, 1), clipNorm };
      engine.replace(momentum, (fresh) =>
        moment(fresh, [size], { momentum: shaped(momentum, size), ...common, rate: 1 - beta }),
      );
      ahead(update, [size], { momentum: shaped(momentum, size), ...common, beta });
    },
    normaliseRows({ x }, { rows, columns, epsilon }, { y }) {
      const count = Math.ceil(columns / PIECE);
      const [pieces, norm] = [engine.workspace(count * rows), engine.workspace(rows)];
      const matrix = shaped(x, columns, rows);
      squares(pieces, [count, rows], { x: matrix, columns, piece: PIECE });
      norms(norm, [rows], { pieces: shaped(pieces, count, rows), count });
      divided(y, [columns, rows], { x: matrix, norms: shaped(norm, rows), epsilon });
    },
  };
}
