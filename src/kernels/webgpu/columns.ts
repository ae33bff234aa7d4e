import type { Kernels } from '../contract.ts';
import type { GpuArray, GpuHandles } from './buffers.ts';
import type { Queue } from './queue.ts';

/** A workgroup sums 64 columns, four rows at a time. */
export const ACROSS = 64;
export const DOWN = 4;

/** WGSL that adds what the four rows of a workgroup have summed for a column each; the first row of it gets the result. */
export const columnTree = `
var<workgroup> columnSums: array<f32, ${ACROSS * DOWN}>;
fn sumOverRows(lane: u32, value: f32) -> f32 {
  workgroupBarrier(); // what was here is read
  columnSums[lane] = value;
  workgroupBarrier();
  let first = lane % ${ACROSS}u;
  return (columnSums[first] + columnSums[first + ${ACROSS}u]) + (columnSums[first + ${2 * ACROSS}u] + columnSums[first + ${3 * ACROSS}u]);
}
`;

const BLOCKS = 64; // most blocks of rows: what the second pass adds quickly
const LEAST_ROWS = 64; // of a block

/** Sums over rows in two passes: blocks of rows, then the blocks. The cut depends on the sizes alone. */
export function columnKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'sumRows' | 'layerNormParameterGradients'> {
  const parameters = { rows: 'u32', columns: 'u32', blockRows: 'u32', stripes: 'u32' } as const;
  const workgroup = ACROSS * DOWN;
  /** Group (block, stripe of columns); the loop sees each of its elements as `i`. */
  const loop = (body: string): string => `
  let block = group / p.stripes;
  let c = (group % p.stripes) * ${ACROSS}u + lane % ${ACROSS}u;
  let end = min(p.rows, (block + 1u) * p.blockRows);
  if (c < p.columns) {
    for (var r = block * p.blockRows + lane / ${ACROSS}u; r < end; r += ${DOWN}u) { let i = r * p.columns + c; ${body} }
  }`;
  const writes = `lane < ${ACROSS}u && c < p.columns`;

  const sum = queue.shader({
    label: 'sumRows',
    inputs: { x: 'real' },
    outputs: { y: 'f32' },
    inF32: [[], ['x']], // of activations, and of sums of blocks
    parameters,
    workgroup,
    declarations: columnTree,
    main: `
  var total = 0.0;
  ${loop('total += f32(x[i]);')}
  total = sumOverRows(lane, total);
  if (${writes}) { y[block * p.columns + c] = total; }`,
  });
  const norms = queue.shader({
    label: 'layerNormParameterGradients',
    inputs: { x: 'real', mean: 'f32', inverse: 'f32', dy: 'real' },
    outputs: { dgamma: 'f32', dbeta: 'f32' },
    parameters,
    workgroup,
    declarations: columnTree,
    main: `
  var gain = 0.0;
  var shift = 0.0;
  ${loop('let g = f32(dy[i]); gain += g * (f32(x[i]) - mean[r]) * inverse[r]; shift += g;')}
  gain = sumOverRows(lane, gain);
  shift = sumOverRows(lane, shift);
  if (${writes}) {
    dgamma[block * p.columns + c] = gain;
    dbeta[block * p.columns + c] = shift;
  }`,
  });

  const cut = (rows: number, columns: number) => {
    const blockRows = Math.max(LEAST_ROWS, Math.ceil(rows / BLOCKS));
    const stripes = Math.ceil(columns / ACROSS);
    const blocks = Math.max(1, Math.ceil(rows / blockRows));
    return { blocks, groups: blocks * stripes, parameters: { rows, columns, blockRows, stripes } };
  };
  const sumRows = (x: GpuArray, rows: number, columns: number, y: GpuArray): void => {
    const { blocks, groups, parameters } = cut(rows, columns);
    if (blocks === 1) return sum({ x, y }, parameters, groups);
    const [partial] = queue.workspace(blocks * columns);
    sum({ x, y: partial }, parameters, groups);
    combine(partial, blocks, columns, y);
  };
  const combine = (partial: GpuArray, blocks: number, columns: number, y: GpuArray): void => {
    const stripes = Math.ceil(columns / ACROSS);
    sum({ x: partial, y }, { rows: blocks, columns, blockRows: blocks, stripes }, stripes);
  };
  return {
    sumRows: ({ x }, { rows, columns }, { y }) => sumRows(x, rows, columns, y),
    layerNormParameterGradients({ x, mean, inverse, dy }, { rows, columns }, { dgamma, dbeta }) {
      const { blocks, groups, parameters } = cut(rows, columns);
      const inputs = { x, mean, inverse, dy };
      if (blocks === 1) return norms({ ...inputs, dgamma, dbeta }, parameters, groups);
      const [gain, shift] = queue.workspace(blocks * columns, blocks * columns);
      norms({ ...inputs, dgamma: gain, dbeta: shift }, parameters, groups);
      combine(gain, blocks, columns, dgamma);
      combine(shift, blocks, columns, dbeta);
    },
  };
}
