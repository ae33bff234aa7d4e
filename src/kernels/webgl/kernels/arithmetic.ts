import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

type Arithmetic = 'mul' | 'affine' | 'reciprocal' | 'exp' | 'transpose';

export function arithmeticKernels(engine: Engine): Pick<Kernels<WebGlHandles>, Arithmetic> {
  const mul = engine.program({
    name: 'mul',
    parameters: { a: 'array', b: 'array' },
    body: `
      return a[this.thread.y][this.thread.x] * b[this.thread.x];
    `,
  });
  const affine = engine.program({
    name: 'affine',
    parameters: { x: 'array', factor: 'real', term: 'real' },
    body: `
      return factor * x[this.thread.x] + term;
    `,
  });
  const reciprocal = engine.program({
    name: 'reciprocal',
    parameters: { x: 'array' },
    body: `
      return 1 / x[this.thread.x];
    `,
  });
  const exp = engine.program({
    name: 'exp',
    parameters: { x: 'array' },
    body: `
      return Math.exp(x[this.thread.x]);
    `,
  });
  const transpose = engine.program({
    name: 'transpose',
    parameters: { x: 'array' },
    body: `
      return x[this.thread.z][this.thread.x][this.thread.y];
    `,
  });
  return {
    mul: ({ a, b }, { size, period }, { y }) =>
      mul(y, [period, size / period], { a: shaped(a, period, size / period), b: shaped(b, period) }),
    affine: ({ x }, { size, factor, term }, { y }) => affine(y, [size], { x: shaped(x, size), factor, term }),
    reciprocal: ({ x }, { size }, { y }) => reciprocal(y, [size], { x: shaped(x, size) }),
    exp: ({ x }, { size }, { y }) => exp(y, [size], { x: shaped(x, size) }),
    transpose: ({ x }, { batch, rows, columns }, { y }) =>
      transpose(y, [rows, columns, batch], { x: shaped(x, columns, rows, batch) }),
  };
}
