import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

export function transposeKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'transpose'> {
  const transpose = engine.program({
    name: 'transpose',
    parameters: { x: 'array' },
    body: `
      return x[this.thread.z][this.thread.x][this.thread.y];
    `,
  });
  return {
    transpose: ({ x }, { batch, rows, columns }, { y }) =>
      transpose(y, [rows, columns, batch], { x: shaped(x, columns, rows, batch) }),
  };
}
