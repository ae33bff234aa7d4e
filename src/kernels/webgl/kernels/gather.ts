import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

/** Looks up rows of a table, and sums the gradients of each row: every thread gathers its own terms, so that none waits for another. */
export function gatherKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'gather' | 'scatterSum'> {
  const gather = engine.program({
    name: 'gather',
    parameters: { table: 'array', indices: 'array' },
    body: `
      return table[indices[this.thread.y]][this.thread.x];
    `,
  });
  const scatterSum = engine.program({
    name: 'scatterSum',
    parameters: { dy: 'array', order: 'array', offsets: 'array' },
    body: `
      let total = 0;
      for (let i = offsets[this.thread.y]; i < offsets[this.thread.y + 1]; i++) {
        total += dy[order[i]][this.thread.x];
      }
      return total;
    `,
  });
  return {
    gather: ({ table, indices }, { rows, columns, tableRows }, { y }) =>
      gather(y, [columns, rows], { table: shaped(table, columns, tableRows), indices: shaped(indices, rows) }),
    scatterSum: ({ dy, order, offsets }, { rows, columns, count }, { dtable }) =>
      scatterSum(dtable, [columns, rows], {
        dy: shaped(dy, columns, count),
        order: shaped(order, count),
        offsets: shaped(offsets, rows + 1),
      }),
  };
}
