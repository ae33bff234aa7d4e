import type { Kernels, KernelParameters } from '../../contract.ts';
import type { GpuArray, GpuHandles } from '../engine/buffers.ts';
import { ACROSS, DOWN, columnTree } from './columns.ts';
import { eachElement } from './elementwise.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

/** A table of few rows, such as segments, may have thousands of rows of dy for one of its own: their sum is cut by sizes alone. */
const FEW_ROWS = 16;
const PART_ROWS = 64;
const MOST_PARTS = 64;

export function gatherKernels(
  queue: Queue,
): Pick<Kernels<GpuHandles>, 'gather' | 'gatherAdd' | 'scatterSum' | 'scatterSumAdd'> {
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
  // One workgroup per table row, part of its rows of dy and stripe of columns: four invocations per column share them.
  const scatter = queue.shader({
    label: 'scatterSum',
    inputs: { dy: 'real', order: 'i32', offsets: 'i32' },
    outputs: { dtable: 'real' },
    parameters: { columns: 'u32', stripes: 'u32', parts: 'u32', partRows: 'u32', add: 'u32' },
    workgroup: ACROSS * DOWN,
    declarations: columnTree,
    main: `
  let sum = group / p.stripes; // of a part of a row
  let c = (group % p.stripes) * ${ACROSS}u + lane % ${ACROSS}u;
  let row = sum / p.parts;
  let begin = u32(offsets[row]) + sum % p.parts * p.partRows;
  let end = min(u32(offsets[row + 1u]), begin + p.partRows);
  if (p.add == 1u && begin >= end) { return; }
  var total = 0.0;
  if (c < p.columns) {
    for (var j = begin + lane / ${ACROSS}u; j < end; j += ${DOWN}u) { total += f32(dy[u32(order[j]) * p.columns + c]); }
  }
  total = sumOverRows(lane, total);
  if (lane < ${ACROSS}u && c < p.columns) {
    let at = sum * p.columns + c;
    if (p.add == 1u) { total += f32(dtable[at]); }
    dtable[at] = dtable_real(total);
  }`,
  });
  const addParts = eachElement(queue, {
    label: 'scatterSum',
    inputs: { sums: 'f32' },
    outputs: { dtable: 'real' },
    parameters: { columns: 'u32', parts: 'u32', add: 'u32' },
    main: `
      let first = i / p.columns * p.parts * p.columns + i % p.columns;
      var total = 0.0;
      for (var part = 0u; part < p.parts; part++) { total += sums[first + part * p.columns]; }
      if (p.add == 1u) { total += f32(dtable[i]); }
      dtable[i] = dtable_real(total);`,
  });
  const scatterSum = (
    { dy, order, offsets, dtable }: Record<'dy' | 'order' | 'offsets' | 'dtable', GpuArray>,
    { rows, columns, count }: KernelParameters<'scatterSum'>,
    add: number,
  ): void => {
    const stripes = Math.ceil(columns / ACROSS);
    const split = rows <= FEW_ROWS && count > 2 * PART_ROWS;
    const partRows = split ? Math.max(PART_ROWS, Math.ceil(count / MOST_PARTS)) : Math.max(count, 1);
    const parts = split ? Math.ceil(count / partRows) : 1;
    const target = split ? queue.workspace(rows * parts * columns)[0] : dtable;
    const cut = { columns, stripes, parts, partRows, add: split ? 0 : add };
    scatter({ dy, order, offsets, dtable: target }, cut, rows * parts * stripes);
    if (split) addParts({ sums: target, dtable }, rows * columns, { columns, parts, add });
  };
  return {
    gather: ({ table, indices }, { rows, columns }, { y }) =>
      (columns % 4 === 0 ? gatherVectors : gather)({ table, indices, y }, rows * columns, { columns }),
    gatherAdd: ({ total, table, indices }, { rows, columns }) =>
      gatherAdd({ total, table, indices }, rows * columns, { columns }),
    scatterSum: (inputs, p, { dtable }) => scatterSum({ ...inputs, dtable }, p, 0),
    scatterSumAdd: ({ total, ...inputs }, p) => scatterSum({ ...inputs, dtable: total }, p, 1),
  };
}
