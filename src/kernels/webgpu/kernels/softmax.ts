import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Dispatch, Queue } from '../engine/queue.ts';
import { byRowShape } from './wgsl/rows.ts';
import type { Rows } from './wgsl/rows.ts';
import type { Traits } from '../engine/traits.ts';

/** Softmax over the elements where \`seen_i\`; 0 elsewhere. */
const softmaxOfSeen = (rows: Rows): string => `
  ${rows.keep('values', (i) => `select(vec4f(-3.4e38), read_x(row, column_${i}), seen_${i})`)}
  var top = vec4f(-3.4e38);
  ${rows.each((i) => `top = max(top, values_${i});`)}
  let largest = maximumOfRow(lane, max(max(top.x, top.y), max(top.z, top.w)));
  ${rows.keep('powers', (i) => `select(vec4f(), exp(values_${i} - largest), seen_${i})`)}
  var sums = vec4f();
  ${rows.each((i) => `sums += powers_${i};`)}
  let total = sumOfRow(lane, dot(sums, vec4f(1.0)));
  let inverse = select(0.0, 1.0 / total, total > 0.0);
  if (writes) { ${rows.each((i) => `write_y(row, column_${i}, powers_${i} * inverse);`)} }`;

/** A row of up to 8192 columns is read once and kept in registers. */
export function softmaxKernels(
  queue: Queue,
  traits: Traits,
): Pick<Kernels<GpuHandles>, 'softmax' | 'maskedSoftmax' | 'softmaxBackward'> {
  const plain = { rows: 'u32', columns: 'u32' } as const;
  const forwards = byRowShape(traits, (rows): { run: Dispatch<'x' | 'y', keyof typeof plain> } => ({
    run: queue.shader({
      label: 'softmax',
      inputs: { x: rows.real },
      outputs: { y: rows.real },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x') + rows.write('y'),
      main: `${rows.begin}${rows.keep('seen', (i) => `inside_${i}`)}${softmaxOfSeen(rows)}`,
    }),
  }));
  const masked = byRowShape(traits, (rows): { run: Dispatch<'x' | 'spans' | 'y', keyof typeof plain | 'heads'> } => ({
    run: queue.shader({
      label: 'maskedSoftmax',
      inputs: { x: rows.real, spans: 'i32' },
      outputs: { y: rows.real },
      parameters: { ...plain, heads: 'u32' },
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x') + rows.write('y'),
      main: `${rows.begin}
  let sequence = row / (p.heads * p.columns);
  let query = sequence * p.columns + row % p.columns;
  let start = vec4u(u32(spans[2u * query]));
  let end = vec4u(u32(spans[2u * query + 1u]));
  ${rows.keep('place', (i) => `column_${i} + vec4u(0u, 1u, 2u, 3u)`)}
  ${rows.keep('seen', (i) => `(place_${i} >= start) & (place_${i} < end)`)}${softmaxOfSeen(rows)}`,
    }),
  }));
  const backwards = byRowShape(traits, (rows): { run: Dispatch<'y' | 'dy' | 'dx', keyof typeof plain> } => ({
    run: queue.shader({
      label: 'softmaxBackward',
      inputs: { y: rows.real, dy: rows.real },
      outputs: { dx: rows.real },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('y', 'dy') + rows.write('dx'),
      main: `${rows.begin}
  ${rows.keep('y', (i) => `read_y(row, column_${i})`)}
  ${rows.keep('dy', (i) => `read_dy(row, column_${i})`)}
  var inner = 0.0;
  ${rows.each((i) => `inner += dot(y_${i}, dy_${i});`)}
  inner = sumOfRow(lane, inner);
  if (writes) { ${rows.each((i) => `write_dx(row, column_${i}, y_${i} * (dy_${i} - inner));`)} }`,
    }),
  }));
  return {
    softmax({ x }, p, { y }) {
      const { run, rows } = forwards(p.columns);
      run({ x, y }, p, rows.groups(p.rows));
    },
    maskedSoftmax({ x, spans }, { batch, heads, length }, { y }) {
      const { run, rows } = masked(length);
      const count = batch * heads * length;
      run({ x, spans, y }, { rows: count, columns: length, heads }, rows.groups(count));
    },
    softmaxBackward({ y, dy }, p, { dx }) {
      const { run, rows } = backwards(p.columns);
      run({ y, dy, dx }, p, rows.groups(p.rows));
    },
  };
}
