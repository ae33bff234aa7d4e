import type { KernelParameters, Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from '../engine/queue.ts';

/** WGSL that turns point \`i\` of all heads: \`a\` and \`b\` are its coordinates, the first at \`at\`. */
const turn = `
      let head = i / p.half; // of all rows' heads
      let place = i - head * p.half;
      let angle = 2u * u32(positions[head / p.heads % p.rows]) * p.half + place;
      let cosine = table[angle];
      let sine = p.sign * table[angle + p.half];
      let at = 2u * head * p.half + place;
      let a = f32(x[at]);
      let b = f32(x[at + p.half]);`;

export function rotateKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'rotate' | 'rotateInPlace'> {
  const parameters = { heads: 'u32', rows: 'u32', half: 'u32', sign: 'f32' } as const;
  const rotate = eachElement(queue, {
    label: 'rotate',
    inputs: { x: 'real', table: 'f32', positions: 'i32' },
    outputs: { y: 'real' },
    parameters,
    main: `${turn}
      y[at] = y_real(a * cosine - b * sine);
      y[at + p.half] = y_real(b * cosine + a * sine);`,
  });
  const inPlace = eachElement(queue, {
    label: 'rotateInPlace',
    inputs: { table: 'f32', positions: 'i32' },
    outputs: { x: 'real' },
    parameters,
    main: `${turn}
      x[at] = x_real(a * cosine - b * sine);
      x[at + p.half] = x_real(b * cosine + a * sine);`,
  });
  const values = ({ rows, heads, headSize, inverse }: KernelParameters<'rotate'>) => {
    const half = headSize / 2;
    return { points: rows * heads * half, values: { heads, rows, half, sign: inverse ? -1 : 1 } };
  };
  return {
    rotate(inputs, p, { y }) {
      const given = values(p);
      rotate({ ...inputs, y }, given.points, given.values);
    },
    rotateInPlace(inputs, p) {
      const given = values(p);
      inPlace(inputs, p.layers * given.points, given.values);
    },
  };
}
