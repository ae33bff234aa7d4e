import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { ACROSS, DOWN, columnTree } from './columns.ts';
import { eachElement } from './elementwise.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

export function gatherKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'gather' | 'gatherAdd' | 'scatterSum'> {
  const shared = { label: 'gather', parameters: { columns: 'u32' } } as const;
  const gatherVectors = eachVector(queue, {
    ...shared,
    inputs: { table: 'vec4real', indices: 'i32' },
    outputs: { y: 'vec4real' },
    main: `
  let row = 4u * i / p.columns;
  store_y(i, vec4f(table[(u32(indices[row]) * p.columns + 4u * i - row * p.columns) / 4u]));`,
  });
  const gather = eachElement(queue, {
    ...shared,
    inputs: { table: 'real', indices: 'i32' },
    outputs: { y: 'real' },
    main: `
      let row = i / p.columns;
      y[i] = y_real(f32(table[u32(indices[row]) * p.columns + i - row * p.columns]));`,
  });
  const gatherAdd = eachElement(queue, {
    ...shared,
    label: 'gatherAdd',
    inputs: { table: 'real', indices: 'i32' },
    outputs: { total: 'real' },
    main: `
      let row = i / p.columns;
      total[i] = total_real(f32(total[i]) + f32(table[u32(indices[row]) * p.columns + i - row * p.columns]));`,
  });
  // One workgroup per table row and stripe of columns: four invocations per column share what may be thousands of rows of dy.
  const scatter = queue.shader({
    label: 'scatterSum',
    inputs: { dy: 'real', order: 'i32', offsets: 'i32' },
    outputs: { dtable: 'real' },
    parameters: { columns: 'u32', stripes: 'u32' },
    workgroup: ACROSS * DOWN,
    declarations: columnTree,
    main: `
  let row = group / p.stripes;
  let c = (group % p.stripes) * ${ACROSS}u + lane % ${ACROSS}u;
  let end = u32(offsets[row + 1u]);
  var total = 0.0;
  if (c < p.columns) {
    for (var j = u32(offsets[row]) + lane / ${ACROSS}u; j < end; j += ${DOWN}u) { total += f32(dy[u32(order[j]) * p.columns + c]); }
  }
  total = sumOverRows(lane, total);
  if (lane < ${ACROSS}u && c < p.columns) { dtable[row * p.columns + c] = dtable_real(total); }`,
  });
  return {
    gather: ({ table, indices }, { rows, columns }, { y }) =>
      (columns % 4 === 0 ? gatherVectors : gather)({ table, indices, y }, rows * columns, { columns }),
    gatherAdd: ({ total, table, indices }, { rows, columns }) =>
      gatherAdd({ total, table, indices }, rows * columns, { columns }),
    scatterSum({ dy, order, offsets }, { rows, columns }, { dtable }) {
      const stripes = Math.ceil(columns / ACROSS);
      scatter({ dy, order, offsets, dtable }, { columns, stripes }, rows * stripes);
    },
  };
}
