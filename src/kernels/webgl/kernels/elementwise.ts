import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

type Elementwise = 'add' | 'mul' | 'affine' | 'reciprocal' | 'fill' | 'broadcast' | 'addBias' | 'accumulate';

/**
 * The simplest kernels: one thread per element returns that element. `this.thread.x` is the position in a row,
 * `this.thread.y` the row; a one-dimensional array is one row.
 */
export function elementwiseKernels(engine: Engine): Pick<Kernels<WebGlHandles>, Elementwise> {
  const add = engine.program({
    name: 'add',
    parameters: { a: 'array', b: 'array' },
    body: `
      return a[this.thread.x] + b[this.thread.x];
    `,
  });
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
  const fill = engine.program({
    name: 'fill',
    parameters: { value: 'real' },
    body: `
      return value;
    `,
  });
  const broadcast = engine.program({
    name: 'broadcast',
    parameters: { x: 'array', scale: 'real' },
    body: `
      return scale * x[0];
    `,
  });
  const addBias = engine.program({
    name: 'addBias',
    parameters: { x: 'array', bias: 'array' },
    body: `
      return x[this.thread.y][this.thread.x] + bias[this.thread.x];
    `,
  });
  return {
    add: ({ a, b }, { size }, { y }) => add(y, [size], { a: shaped(a, size), b: shaped(b, size) }),
    mul: ({ a, b }, { size, period }, { y }) =>
      mul(y, [period, size / period], { a: shaped(a, period, size / period), b: shaped(b, period) }),
    affine: ({ x }, { size, factor, term }, { y }) => affine(y, [size], { x: shaped(x, size), factor, term }),
    reciprocal: ({ x }, { size }, { y }) => reciprocal(y, [size], { x: shaped(x, size) }),
    fill: (_, { size, value }, { y }) => fill(y, [size], { value }),
    broadcast: ({ x }, { size, scale }, { y }) => broadcast(y, [size], { x: shaped(x, 1), scale }),
    addBias: ({ x, bias }, { rows, columns }, { y }) =>
      addBias(y, [columns, rows], { x: shaped(x, columns, rows), bias: shaped(bias, columns) }),
    accumulate: ({ total, x }, { size }) =>
      engine.replace(total, (fresh) => add(fresh, [size], { a: shaped(total, size), b: shaped(x, size) })),
  };
}
