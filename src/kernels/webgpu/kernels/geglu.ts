import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachElement } from './elementwise.ts';
import { phi } from './gelu.ts';
import type { Queue } from '../engine/queue.ts';

/** GeGLU: the halves of each row are `columns` wide. */
export function gegluKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'geglu' | 'gegluBackward'> {
  const shared = { parameters: { columns: 'u32', tanh: 'u32' }, declarations: phi } as const;
  const place = `
      let first = i + i / p.columns * p.columns;
      let second = first + p.columns;
      let a = f32(x[first]);
      let b = f32(x[second]);
      let at = phi(vec4f(a));`;
  const geglu = eachElement(queue, {
    ...shared,
    label: 'geglu',
    inputs: { x: 'real' },
    outputs: { y: 'real' },
    main: `${place}
      y[i] = y_real(a * at.value.x * b);`,
  });
  const gegluBackward = eachElement(queue, {
    ...shared,
    label: 'gegluBackward',
    inputs: { x: 'real', dy: 'real' },
    outputs: { dx: 'real' },
    main: `${place}
      let d = f32(dy[i]);
      dx[first] = dx_real(d * b * (at.value.x + a * at.slope.x));
      dx[second] = dx_real(d * a * at.value.x);`,
  });
  return {
    geglu: ({ x }, { rows, columns, tanh }, { y }) => geglu({ x, y }, rows * columns, { columns, tanh }),
    gegluBackward: ({ x, dy }, { rows, columns, tanh }, { dx }) =>
      gegluBackward({ x, dy, dx }, rows * columns, { columns, tanh }),
  };
}
