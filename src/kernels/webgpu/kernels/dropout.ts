import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { dropoutMask, maskParameters, maskValues } from './wgsl/dropoutMask.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

export function dropoutKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'dropout' | 'dropoutAdd'> {
  const shared = { parameters: maskParameters, declarations: dropoutMask } as const;
  const dropout = eachVector(queue, {
    ...shared,
    label: 'dropout',
    inputs: { x: 'vec4real' },
    outputs: { y: 'vec4real' },
    main: 'store_y(i, dropoutOfVector(vec4f(x[i]), i));',
  });
  const dropoutAdd = eachVector(queue, {
    ...shared,
    label: 'dropoutAdd',
    inputs: { x: 'vec4real', residual: 'vec4real' },
    outputs: { y: 'vec4real' },
    main: 'store_y(i, vec4f(residual[i]) + dropoutOfVector(vec4f(x[i]), i));',
  });
  return {
    dropout: ({ x }, p, { y }) => dropout({ x, y }, p.size, maskValues(p)),
    dropoutAdd: ({ x, residual }, p, { y }) => dropoutAdd({ x, residual, y }, p.size, maskValues(p)),
  };
}
