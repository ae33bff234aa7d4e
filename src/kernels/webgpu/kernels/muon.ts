import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Dispatch, Queue } from '../engine/queue.ts';
import type { Traits } from '../engine/traits.ts';
import { CLIP } from './wgsl/clip.ts';
import { eachVector } from './wgsl/eachVector.ts';
import { byRowShape } from './wgsl/rows.ts';

/** What Muon needs apart from products. */
export function muonKernels(queue: Queue, traits: Traits): Pick<Kernels<GpuHandles>, 'nesterov' | 'normaliseRows'> {
  const nesterov = eachVector(queue, {
    label: 'nesterov',
    inputs: { gradients: 'vec4f', squaredNorm: 'f32' },
    outputs: { momentum: 'vec4f', update: 'vec4f' },
    parameters: { beta: 'f32', rate: 'f32', clipNorm: 'f32' },
    main: `${CLIP}
      let gradient = gradients[i] * clip;
      let after = momentum[i] + p.rate * (gradient - momentum[i]);
      store_momentum(i, after);
      store_update(i, gradient + p.beta * (after - gradient));`,
  });
  const parameters = { rows: 'u32', columns: 'u32', epsilon: 'f32' } as const;
  const normalised = byRowShape(traits, (rows): { run: Dispatch<'x' | 'y', keyof typeof parameters> } => ({
    run: queue.shader({
      label: 'normaliseRows',
      inputs: { x: rows.real },
      outputs: { y: rows.real },
      parameters,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x') + rows.write('y'),
      main: `${rows.begin}
  ${rows.keep('values', (i) => `read_x(row, column_${i})`)}
  var sums = vec4f();
  ${rows.each((i) => `sums += values_${i} * values_${i};`)}
  let factor = 1.0 / (sqrt(sumOfRow(lane, dot(sums, vec4f(1.0)))) + p.epsilon);
  if (writes) { ${rows.each((i) => `write_y(row, column_${i}, values_${i} * factor);`)} }`,
    }),
  }));
  return {
    nesterov: (inputs, { size, beta, clipNorm }, { update }) =>
      nesterov({ ...inputs, update }, size, { beta, rate: 1 - beta, clipNorm }),
    normaliseRows({ x }, { rows, columns, epsilon }, { y }) {
      const { run, rows: shape } = normalised(columns);
      run({ x, y }, { rows, columns, epsilon }, shape.groups(rows));
    },
  };
}
