import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

type GeluKernels = Pick<Kernels<WebGlHandles>, 'gelu' | 'geluBackward'>;

/** GeGLU by GELU's own programs: the halves of rows lie apart in between. */
export function gegluKernels(
  engine: Engine,
  { gelu, geluBackward }: GeluKernels,
): Pick<Kernels<WebGlHandles>, 'geglu' | 'gegluBackward'> {
  const firstHalf = engine.program({
    name: 'gegluFirstHalf',
    parameters: { x: 'array' },
    body: `
      return x[this.thread.y][0][this.thread.x];
    `,
  });
  const gated = engine.program({
    name: 'gegluGated',
    parameters: { a: 'array', x: 'array' },
    body: `
      return a[this.thread.y][this.thread.x] * x[this.thread.y][1][this.thread.x];
    `,
  });
  const joined = engine.program({
    name: 'gegluJoined',
    parameters: { da: 'array', activated: 'array', dy: 'array' },
    body: `
      let value = da[this.thread.z][this.thread.x];
      if (this.thread.y > 0) {
        value = activated[this.thread.z][this.thread.x] * dy[this.thread.z][this.thread.x];
      }
      return value;
    `,
  });
  return {
    geglu({ x }, { rows, columns, tanh }, { y }) {
      const size = rows * columns;
      const [a, activated] = [engine.workspace(size), engine.workspace(size)];
      const both = shaped(x, columns, 2, rows);
      firstHalf(a, [columns, rows], { x: both });
      gelu({ x: a }, { size, tanh }, { y: activated });
      gated(y, [columns, rows], { a: shaped(activated, columns, rows), x: both });
    },
    gegluBackward({ x, dy }, { rows, columns, tanh }, { dx }) {
      const size = rows * columns;
      const [a, activated, dactivated, da] = [1, 2, 3, 4].map(() => engine.workspace(size));
      const both = shaped(x, columns, 2, rows);
      const matrix = (array: typeof a): ReturnType<typeof shaped> => shaped(array, columns, rows);
      firstHalf(a, [columns, rows], { x: both });
      gelu({ x: a }, { size, tanh }, { y: activated });
      gated(dactivated, [columns, rows], { a: matrix(dy), x: both });
      geluBackward({ x: a, dy: dactivated }, { size, tanh }, { dx: da });
      joined(dx, [columns, 2, rows], { da: matrix(da), activated: matrix(activated), dy: matrix(dy) });
    },
  };
}
