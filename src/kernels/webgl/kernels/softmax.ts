import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import type { RowKernels } from './rows.ts';

type Softmax = 'softmax' | 'maskedSoftmax' | 'softmaxBackward';

/** The sequence that a head belongs to; adding 0.5 keeps an inexact GPU division from falling below an integer. */
const sequenceOf = `function sequenceOf(head, heads) {
  return Math.floor((head + 0.5) / heads);
}`;

/**
 * softmax(x)[c] = exp(x[c] - largest) / sum of exp(x - largest), row by row: first the two reductions of each row, with one
 * thread per row, then one thread per element.
 */
export function softmaxKernels(
  engine: Engine,
  { largest, totalOfExp }: RowKernels,
): Pick<Kernels<WebGlHandles>, Softmax> {
  const softmax = engine.program({
    name: 'softmax',
    parameters: { x: 'array', largest: 'array', total: 'array' },
    body: `
      return Math.exp(x[this.thread.y][this.thread.x] - largest[this.thread.y]) / total[this.thread.y];
    `,
  });

  // A query attends only to the keys from spans[query][0] to spans[query][1] - 1. Thread (query, head).
  const maskedLargest = engine.program({
    name: 'maskedSoftmaxLargest',
    parameters: { x: 'array', spans: 'array', heads: 'real', length: 'real' },
    functions: [sequenceOf],
    body: `
      let query = sequenceOf(this.thread.y, heads) * length + this.thread.x;
      let largest = -3.4e38;
      for (let key = spans[query][0]; key < spans[query][1]; key++) {
        largest = Math.max(largest, x[this.thread.y][this.thread.x][key]);
      }
      return largest;
    `,
  });
  const maskedTotal = engine.program({
    name: 'maskedSoftmaxTotal',
    parameters: { x: 'array', spans: 'array', largest: 'array', heads: 'real', length: 'real' },
    functions: [sequenceOf],
    body: `
      let query = sequenceOf(this.thread.y, heads) * length + this.thread.x;
      let total = 0;
      for (let key = spans[query][0]; key < spans[query][1]; key++) {
        total += Math.exp(x[this.thread.y][this.thread.x][key] - largest[this.thread.y][this.thread.x]);
      }
      return total;
    `,
  });
  const masked = engine.program({
    name: 'maskedSoftmax',
    parameters: { x: 'array', spans: 'array', largest: 'array', total: 'array', heads: 'real', length: 'real' },
    functions: [sequenceOf],
    body: `
      let query = sequenceOf(this.thread.z, heads) * length + this.thread.y;
      let value = 0;
      if (this.thread.x >= spans[query][0] && this.thread.x < spans[query][1]) {
        value = Math.exp(x[this.thread.z][this.thread.y][this.thread.x] - largest[this.thread.z][this.thread.y])
          / total[this.thread.z][this.thread.y];
      }
      return value;
    `,
  });

  const inner = engine.program({
    name: 'softmaxInner',
    parameters: { y: 'array', dy: 'array', columns: 'integer' },
    body: `
      let inner = 0;
      for (let c = 0; c < columns; c++) {
        inner += y[this.thread.x][c] * dy[this.thread.x][c];
      }
      return inner;
    `,
  });
  const backward = engine.program({
    name: 'softmaxBackward',
    parameters: { y: 'array', dy: 'array', inner: 'array' },
    body: `
      return y[this.thread.y][this.thread.x] * (dy[this.thread.y][this.thread.x] - inner[this.thread.y]);
    `,
  });

  return {
    softmax({ x: given }, { rows, columns }, { y }) {
      const x = shaped(given, columns, rows);
      const [most, total] = [engine.workspace(rows), engine.workspace(rows)];
      largest(x, most);
      totalOfExp(x, most, total);
      softmax(y, [columns, rows], { x, largest: shaped(most, rows), total: shaped(total, rows) });
    },
    maskedSoftmax({ x: given, spans: ranges }, { batch, heads, length }, { y }) {
      const x = shaped(given, length, length, batch * heads);
      const spans = shaped(ranges, 2, batch * length);
      const rows = batch * heads * length;
      const [most, sum] = [engine.workspace(rows), engine.workspace(rows)];
      const largest = shaped(most, length, batch * heads);
      const total = shaped(sum, length, batch * heads);
      maskedLargest(most, largest.shape, { x, spans, heads, length });
      maskedTotal(sum, total.shape, { x, spans, largest, heads, length });
      masked(y, x.shape, { x, spans, largest, total, heads, length });
    },
    softmaxBackward({ y: given, dy: gradient }, { rows, columns }, { dx }) {
      const [y, dy] = [shaped(given, columns, rows), shaped(gradient, columns, rows)];
      const products = engine.workspace(rows);
      inner(products, [rows], { y, dy, columns });
      backward(dx, [columns, rows], { y, dy, inner: shaped(products, rows) });
    },
  };
}
