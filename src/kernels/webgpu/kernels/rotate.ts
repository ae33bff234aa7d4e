import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from '../engine/queue.ts';

/** An invocation turns one point of a head. */
export function rotateKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'rotate'> {
  const rotate = eachElement(queue, {
    label: 'rotate',
    inputs: { x: 'real', table: 'f32', positions: 'i32' },
    outputs: { y: 'real' },
    parameters: { heads: 'u32', half: 'u32', sign: 'f32' },
    main: `
      let head = i / p.half; // of all rows' heads
      let place = i - head * p.half;
      let angle = 2u * u32(positions[head / p.heads]) * p.half + place;
      let cosine = table[angle];
      let sine = p.sign * table[angle + p.half];
      let at = 2u * head * p.half + place;
      let a = f32(x[at]);
      let b = f32(x[at + p.half]);
      y[at] = y_real(a * cosine - b * sine);
      y[at + p.half] = y_real(b * cosine + a * sine);`,
  });
  return {
    rotate: ({ x, table, positions }, { rows, heads, headSize, inverse }, { y }) =>
      rotate({ x, table, positions, y }, (rows * heads * headSize) / 2, {
        heads,
        half: headSize / 2,
        sign: inverse ? -1 : 1,
      }),
  };
}
