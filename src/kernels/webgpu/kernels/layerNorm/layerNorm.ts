import type { Kernels, KernelParameters } from '../../contract.ts';
import { viewOf } from '../engine/buffers.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { ColumnKernels } from './columns.ts';
import { dropoutMask, maskParameters, maskValues } from './wgsl/dropoutMask.ts';
import type { Dispatch, Queue } from '../engine/queue.ts';
import { byRowShape, rowShape } from './wgsl/rows.ts';
import type { Rows } from './wgsl/rows.ts';
import type { Scalar } from '../engine/shader.ts';
import type { Traits } from '../engine/traits.ts';

const plain = { rows: 'u32', columns: 'u32', epsilon: 'f32', unbiased: 'u32' } as const satisfies Record<
  string,
  Scalar
>;
const drawn = { ...plain, addSum: 'u32', ...maskParameters } as const satisfies Record<string, Scalar>;
type Plain = keyof typeof plain;
type Drawn = keyof typeof drawn;
type Forward = 'x' | 'gamma' | 'beta' | 'y' | 'mean' | 'inverse';
type Backward = 'gamma' | 'mean' | 'inverse' | 'dy';

/** Dropout of an invocation's i-th vector of a row. */
const drop = (value: string, i: string): string =>
  `dropoutAt(${value}, row * p.columns + column_${i} + vec4u(0u, 1u, 2u, 3u))`;

/**
 * The LayerNorm of values_i. The mean is corrected by the mean of the differences from it: for large numbers close to each
 * other its rounding error exceeds their differences.
 */
const normalise = (rows: Rows): string => `
  let count = f32(p.columns);
  var sums = vec4f();
  ${rows.each((i) => `sums += values_${i};`)}
  let centre = sumOfRow(lane, dot(sums, vec4f(1.0))) / count;
  ${rows.keep('remains', (i) => `select(vec4f(), values_${i} - centre, inside_${i})`)}
  var both = vec2f();
  ${rows.each((i) => `both += vec2f(dot(remains_${i}, vec4f(1.0)), dot(remains_${i}, remains_${i}));`)}
  both = sumsOfRow(lane, both);
  let correction = both.x / count;
  let squares = max(0.0, both.y - count * correction * correction);
  var scale = 1.0 / sqrt(squares / count + p.epsilon);
  if (p.unbiased == 1u) { scale = 1.0 / (sqrt(squares / f32(max(p.columns, 2u) - 1u)) + p.epsilon); }
  if (writes) {
    ${rows.each((i) => `write_y(row, column_${i}, (remains_${i} - correction) * scale * read_gamma(0u, column_${i}) + read_beta(0u, column_${i}));`)}
    if (x == 0u) { mean[row] = centre; inverse[row] = scale; }
  }`;

/** The gradients \`gradient_i\` of a row's values, LayerNorm's input, from dy. */
const backward = (rows: Rows, value: string, dy = (i: string): string => `read_dy(row, column_${i})`): string => `
  let centre = mean[row];
  let scale = inverse[row];
  ${rows.keep('remains', (i) => `select(vec4f(), read_${value}(row, column_${i}) - centre, inside_${i})`)}
  ${rows.keep('g', (i) => `${dy(i)} * read_gamma(0u, column_${i})`)}
  var both = vec2f();
  ${rows.each((i) => `both += vec2f(dot(g_${i}, vec4f(1.0)), dot(g_${i}, remains_${i}));`)}
  both = sumsOfRow(lane, both);
  let total = both.x / f32(p.columns);
  var slope = scale * scale * scale / f32(p.columns);
  if (p.unbiased == 1u) {
    let deviation = 1.0 / scale - p.epsilon;
    slope = 0.0; // a constant row has none
    if (deviation > 0.0) { slope = scale * scale / (deviation * f32(max(p.columns, 2u) - 1u)); }
  }
  let steep = slope * both.y;
  ${rows.keep('gradient', (i) => `scale * (g_${i} - total) - remains_${i} * steep`)}`;

/** WGSL that adds up a workgroup's rows of dys_i * remains_i * scale and of dys_i, and writes both sums. */
const sumOfRows = (rows: Rows): string => `
  ${rows.each(
    (i) => `
    workgroupBarrier();
    terms[lane] = select(vec4f(), dys_${i} * remains_${i} * scale, writes);
    terms[${rows.workgroup}u + lane] = select(vec4f(), dys_${i}, writes);
    workgroupBarrier();
    if (lane < ${2 * rows.shape.lanes}u) {
      let which = lane / ${rows.shape.lanes}u;
      let first = which * ${rows.workgroup}u + x;
      var total = terms[first];
      for (var i = ${rows.shape.lanes}u; i < ${rows.workgroup}u; i += ${rows.shape.lanes}u) { total += terms[first + i]; }
      let at = which * p.shifts + group * p.columns + column_${i};
      for (var j = 0u; j < 4u; j++) { if (column_${i} + j < p.columns) { partial[at + j] = total[j]; } }
    }`,
  )}`;

/** A row of up to 8192 columns is read once and kept in registers. */
export function layerNormKernels(
  queue: Queue,
  traits: Traits,
  { kernels: { layerNormParameterGradients }, addNormBlocks }: ColumnKernels,
): Pick<
  Kernels<GpuHandles>,
  'layerNorm' | 'layerNormBackward' | 'dropoutAddLayerNorm' | 'dropoutAddLayerNormBackward'
> {
  const forwards = byRowShape(traits, (rows): { run: Dispatch<Forward, Plain> } => ({
    run: queue.shader({
      label: 'layerNorm',
      inputs: { x: rows.real, gamma: rows.f32, beta: rows.f32 },
      outputs: { y: rows.real, mean: 'f32', inverse: 'f32' },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x', 'gamma', 'beta') + rows.write('y'),
      main: rows.begin + rows.keep('values', (i) => `read_x(row, column_${i})`) + normalise(rows),
    }),
  }));
  const sums = byRowShape(traits, (rows): { run: Dispatch<Forward | 'residual' | 'sum', Drawn> } => ({
    run: queue.shader({
      label: 'dropoutAddLayerNorm',
      inputs: { x: rows.real, residual: rows.real, gamma: rows.f32, beta: rows.f32 },
      outputs: { sum: rows.real, y: rows.real, mean: 'f32', inverse: 'f32' },
      parameters: drawn,
      workgroup: rows.workgroup,
      declarations:
        dropoutMask + rows.reductions + rows.read('x', 'residual', 'gamma', 'beta') + rows.write('sum', 'y'),
      main: `${rows.begin}
  ${rows.keep('values', (i) => `read_residual(row, column_${i}) + ${drop(`read_x(row, column_${i})`, i)}`)}
  if (writes) { ${rows.each((i) => `write_sum(row, column_${i}, values_${i});`)} }
  ${normalise(rows)}`,
    }),
  }));
  const backwards = byRowShape(traits, (rows): { run: Dispatch<Backward | 'x' | 'dx', Plain> } => ({
    run: queue.shader({
      label: 'layerNormBackward',
      inputs: { x: rows.real, gamma: rows.f32, mean: 'f32', inverse: 'f32', dy: rows.real },
      outputs: { dx: rows.real },
      parameters: plain,
      workgroup: rows.workgroup,
      declarations: rows.reductions + rows.read('x', 'gamma', 'dy') + rows.write('dx'),
      main: `${rows.begin}${backward(rows, 'x')}
  if (writes) { ${rows.each((i) => `write_dx(row, column_${i}, gradient_${i});`)} }`,
    }),
  }));
  const sumsBackward = byRowShape(
    traits,
    (rows): { run: Dispatch<Backward | 'sum' | 'dsum' | 'dresidual' | 'dx', Drawn> } => ({
      run: queue.shader({
        label: 'dropoutAddLayerNormBackward',
        inputs: {
          sum: rows.real,
          gamma: rows.f32,
          mean: 'f32',
          inverse: 'f32',
          dy: rows.real,
          dsum: rows.real,
        },
        outputs: { dresidual: rows.real, dx: rows.real },
        parameters: drawn,
        workgroup: rows.workgroup,
        declarations:
          dropoutMask + rows.reductions + rows.read('sum', 'gamma', 'dy', 'dsum') + rows.write('dresidual', 'dx'),
        main: `${rows.begin}${backward(rows, 'sum')}
  if (writes) {
    ${rows.each(
      (i) => `
    var whole = gradient_${i};
    if (p.addSum == 1u) { whole += read_dsum(row, column_${i}); }
    write_dresidual(row, column_${i}, whole);
    write_dx(row, column_${i}, ${drop('whole', i)});`,
    )}
  }`,
      }),
    }),
  );
  // With the sums of dgamma and dbeta over the workgroup's rows. One more array than there may be is bound if there is a dsum.
  const sumsAndGradients = byRowShape(
    traits,
    (rows): { run: Dispatch<Backward | 'sum' | 'dresidual' | 'dx' | 'partial', Drawn | 'shifts'> } => ({
      run: queue.shader({
        label: 'dropoutAddLayerNormBackward',
        inputs: { sum: rows.real, gamma: rows.f32, mean: 'f32', inverse: 'f32', dy: rows.real },
        outputs: { dresidual: rows.real, dx: rows.real, partial: 'f32' },
        parameters: { ...drawn, shifts: 'u32' },
        workgroup: rows.workgroup,
        declarations: `${dropoutMask}${rows.reductions}${rows.read('sum', 'gamma', 'dy')}${rows.write('dresidual', 'dx')}
var<workgroup> terms: array<vec4f, ${2 * rows.workgroup}>;
`,
        main: `${rows.begin}
  ${rows.keep('dys', (i) => `read_dy(row, column_${i})`)}
  ${backward(rows, 'sum', (i) => `dys_${i}`)}
  if (writes) {
    ${rows.each(
      (i) => `
    write_dresidual(row, column_${i}, gradient_${i});
    write_dx(row, column_${i}, ${drop(`gradient_${i}`, i)});`,
    )}
  }
  ${sumOfRows(rows)}`,
      }),
    }),
  );
  const draws = (p: KernelParameters<'dropoutAddLayerNorm'>, addSum = 0) => ({ ...p, addSum, ...maskValues(p) });
  return {
    layerNorm(inputs, p, outputs) {
      const { run, rows } = forwards(p.columns);
      run({ ...inputs, ...outputs }, p, rows.groups(p.rows));
    },
    layerNormBackward(inputs, p, outputs) {
      const { run, rows } = backwards(p.columns);
      run({ ...inputs, ...outputs }, p, rows.groups(p.rows));
    },
    dropoutAddLayerNorm(inputs, p, outputs) {
      const { run, rows } = sums(p.columns);
      run({ ...inputs, ...outputs }, draws(p), rows.groups(p.rows));
    },
    dropoutAddLayerNormBackward(inputs, p, outputs) {
      const { lanes, vectors } = rowShape(p.columns);
      if (p.addSum || lanes > 32 || vectors === 0) {
        const { run, rows } = sumsBackward(p.columns);
        run({ ...inputs, ...outputs }, draws(p, p.addSum), rows.groups(p.rows));
        return layerNormParameterGradients({ ...inputs, x: inputs.sum }, p, outputs);
      }
      const { run, rows } = sumsAndGradients(p.columns);
      const blocks = rows.groups(p.rows);
      const [gain, shift] = queue.workspace(blocks * p.columns, blocks * p.columns);
      const shifts = (shift.offset - gain.offset) / 4;
      const partial = viewOf(gain, 0, shifts + blocks * p.columns);
      run({ ...inputs, ...outputs, partial }, { ...draws(p), shifts }, blocks);
      addNormBlocks(gain, shift, blocks, p.columns, outputs);
    },
  };
}
