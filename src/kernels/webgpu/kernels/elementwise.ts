import type { Kernels } from '../../contract.ts';
import type { GpuArray, GpuHandles } from '../engine/buffers.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';
import type { Element, Scalar, Shader } from '../engine/shader.ts';

const WORKGROUP = 256;
const EACH = 4; // elements per invocation, a workgroup apart so that neighbouring invocations read neighbouring elements

/** A shader whose `main` computes element `i`, for every i < size. */
export function eachElement<A extends string, P extends string>(
  queue: Queue,
  shader: Omit<Shader<A, P>, 'workgroup' | 'parameters'> & { readonly parameters?: { readonly [N in P]: Scalar } },
): (arrays: { readonly [N in A]: GpuArray }, size: number, parameters: { readonly [N in P]: number }) => void {
  const run = queue.shader<A, P | 'size'>({
    ...shader,
    parameters: { ...shader.parameters, size: 'u32' } as { readonly [N in P | 'size']: Scalar },
    workgroup: WORKGROUP,
    main: `
  for (var each = 0u; each < ${EACH}u; each++) {
    let i = (group * ${EACH}u + each) * ${WORKGROUP}u + lane;
    if (i < p.size) {
      ${shader.main}
    }
  }`,
  });
  return (arrays, size, parameters) => run(arrays, { ...parameters, size }, Math.ceil(size / WORKGROUP / EACH));
}

const f32: Element = 'f32';
const real: Element = 'real';

export function elementwise(
  queue: Queue,
): Pick<
  Kernels<GpuHandles>,
  'add' | 'mul' | 'affine' | 'reciprocal' | 'accumulate' | 'fill' | 'broadcast' | 'addBias'
> {
  const add = eachVector(queue, {
    label: 'add',
    inputs: { a: 'vec4real', b: 'vec4real' },
    outputs: { y: 'vec4real' },
    main: 'store_y(i, vec4f(a[i]) + vec4f(b[i]));',
  });
  // For b repeated in whole vectors of four, or not repeated.
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
  const accumulate = eachVector(queue, {
    label: 'accumulate',
    inputs: { x: 'vec4real' },
    outputs: { total: 'vec4real' },
    main: 'store_total(i, vec4f(total[i]) + vec4f(x[i]));',
  });
  const fill = eachVector(queue, {
    label: 'fill',
    inputs: {},
    outputs: { y: 'vec4real' },
    parameters: { value: 'f32' },
    main: 'store_y(i, vec4f(p.value));',
  });
  const broadcast = eachElement(queue, {
    label: 'broadcast',
    inputs: { x: f32 },
    outputs: { y: f32 },
    parameters: { scale: 'f32' },
    main: 'y[i] = p.scale * x[0];',
  });
  const addBias = eachElement(queue, {
    label: 'addBias',
    inputs: { x: real, bias: real },
    outputs: { y: real },
    parameters: { columns: 'u32' },
    main: 'y[i] = y_real(f32(x[i]) + f32(bias[i % p.columns]));',
  });
  return {
    add: ({ a, b }, { size }, { y }) => add({ a, b, y }, size, {}),
    mul({ a, b }, { size, period }, { y }) {
      if (period === size || period % 4 === 0) mulVectors({ a, b, y }, size, { vectors: Math.ceil(period / 4) });
      else mul({ a, b, y }, size, { period });
    },
    affine: ({ x }, { size, factor, term }, { y }) => affine({ x, y }, size, { factor, term }),
    reciprocal: ({ x }, { size }, { y }) => reciprocal({ x, y }, size, {}),
    accumulate: ({ total, x }, { size }) => accumulate({ total, x }, size, {}),
    fill: (_, { size, value }, { y }) => fill({ y }, size, { value }),
    broadcast: ({ x }, { size, scale }, { y }) => broadcast({ x, y }, size, { scale }),
    addBias: ({ x, bias }, { rows, columns }, { y }) => addBias({ x, bias, y }, rows * columns, { columns }),
  };
}
