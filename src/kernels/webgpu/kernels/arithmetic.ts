import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachElement } from './elementwise.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

type Arithmetic = 'mul' | 'affine' | 'reciprocal' | 'exp' | 'transpose';

export function arithmeticKernels(queue: Queue): Pick<Kernels<GpuHandles>, Arithmetic> {
  // Where vectors of four are repeated whole, or nothing is repeated.
  const mulVectors = eachVector(queue, {
    label: 'mul',
    inputs: { a: 'vec4real', b: 'vec4real' },
    outputs: { y: 'vec4real' },
    parameters: { vectors: 'u32' },
    main: 'store_y(i, vec4f(a[i]) * vec4f(b[i % p.vectors]));',
  });
  const mul = eachElement(queue, {
    label: 'mul',
    inputs: { a: 'real', b: 'real' },
    outputs: { y: 'real' },
    parameters: { period: 'u32' },
    main: 'y[i] = y_real(f32(a[i]) * f32(b[i % p.period]));',
  });
  const affine = eachVector(queue, {
    label: 'affine',
    inputs: { x: 'vec4real' },
    outputs: { y: 'vec4real' },
    parameters: { factor: 'f32', term: 'f32' },
    main: 'store_y(i, p.factor * vec4f(x[i]) + p.term);',
  });
  const reciprocal = eachVector(queue, {
    label: 'reciprocal',
    inputs: { x: 'vec4real' },
    outputs: { y: 'vec4real' },
    main: 'store_y(i, 1.0 / vec4f(x[i]));',
  });
  const exp = eachVector(queue, {
    label: 'exp',
    inputs: { x: 'vec4real' },
    outputs: { y: 'vec4real' },
    main: 'store_y(i, exp(vec4f(x[i])));',
  });
  const transpose = eachElement(queue, {
    label: 'transpose',
    inputs: { x: 'real' },
    outputs: { y: 'real' },
    parameters: { rows: 'u32', columns: 'u32' },
    main: `
      let matrix = i / (p.rows * p.columns);
      let place = i % (p.rows * p.columns); // in y, whose rows are x's columns
      y[i] = y_real(f32(x[(matrix * p.rows + place % p.rows) * p.columns + place / p.rows]));`,
  });
  return {
    mul({ a, b }, { size, period }, { y }) {
      if (period === size || period % 4 === 0) mulVectors({ a, b, y }, size, { vectors: Math.ceil(period / 4) });
      else mul({ a, b, y }, size, { period });
    },
    affine: ({ x }, { size, factor, term }, { y }) => affine({ x, y }, size, { factor, term }),
    reciprocal: ({ x }, { size }, { y }) => reciprocal({ x, y }, size, {}),
    exp: ({ x }, { size }, { y }) => exp({ x, y }, size, {}),
    transpose: ({ x }, { batch, rows, columns }, { y }) =>
      transpose({ x, y }, batch * rows * columns, { rows, columns }),
  };
}
