import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from '../engine/queue.ts';

export function transposeKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'transpose'> {
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
    transpose: ({ x }, { batch, rows, columns }, { y }) =>
      transpose({ x, y }, batch * rows * columns, { rows, columns }),
  };
}
