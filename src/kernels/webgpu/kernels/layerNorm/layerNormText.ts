import { dropoutMask, maskParameters } from '../wgsl/dropoutMask.ts';
import { upTo } from '../wgsl/repeat.ts';
import type { Rows } from '../wgsl/rows.ts';
import type { Scalar, Shader } from '../../engine/shader.ts';

export const plain = { rows: 'u32', columns: 'u32', epsilon: 'f32', unbiased: 'u32' } as const satisfies Record<
  string,
  Scalar
>;
export const drawn = { ...plain, addSum: 'u32', ...maskParameters } as const satisfies Record<string, Scalar>;
export type Backward = 'gamma' | 'mean' | 'inverse' | 'dy';

/** Dropout of an invocation's i-th vector of a row. */
export const drop = (value: string, i: string): string =>
  `dropoutAt(${value}, row * p.columns + column_${i} + vec4u(0u, 1u, 2u, 3u))`;

/**
 * The LayerNorm of values_i. The mean is corrected by the mean of the differences from it: for large numbers close to each
 * other its rounding error exceeds their differences.
 */
export const normalise = (rows: Rows): string => `
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
export const backward = (
  rows: Rows,
  value: string,
  dy = (i: string): string => `read_dy(row, column_${i})`,
): string => `
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

/** What the backward of a sum's LayerNorm reads. */
export const readBackward = (rows: Rows) =>
  ({ sum: rows.real, gamma: rows.f32, mean: 'f32', inverse: 'f32', dy: rows.real }) as const;

type Complete = Shader<
  Backward | 'sum' | 'dsum' | 'dresidual' | 'dx' | 'partial',
  Exclude<keyof typeof drawn, 'addSum'> | 'shifts' | 'rounds'
>;

/**
 * dresidual and dx, along with the sums of dgamma and dbeta over the workgroup's rows, \`rounds\` after another.
 * @param adds whether dsum is added, for which one array more is bound than every adapter allows
 */
export function completeBackward(rows: Rows, adds: boolean): Complete {
  const { workgroup, shape } = rows;
  const { addSum: _, ...parameters } = drawn;
  return {
    label: 'dropoutAddLayerNormBackward',
    inputs: { ...readBackward(rows), ...(adds && { dsum: rows.real }) },
    outputs: { dresidual: rows.real, dx: rows.real, partial: 'f32' },
    parameters: { ...parameters, shifts: 'u32', rounds: 'u32' },
    workgroup,
    declarations: `${dropoutMask}${rows.reductions}${rows.read('sum', 'gamma', 'dy', ...(adds ? ['dsum'] : []))}${rows.write('dresidual', 'dx')}
var<workgroup> terms: array<vec4f, ${2 * workgroup}>;
`,
    main: `${rows.places}
  ${upTo(shape.vectors)
    .map((i) => `var gains_${i} = vec4f(); var shifts_${i} = vec4f();`)
    .join('\n  ')}
  for (var round = 0u; round < p.rounds; round++) {
    ${rows.rowOf('(group * p.rounds + round)')}
    ${rows.keep('dys', (i) => `read_dy(row, column_${i})`)}
    ${backward(rows, 'sum', (i) => `dys_${i}`)}
    if (writes) {
      ${rows.each(
        (i) => `
      gains_${i} += dys_${i} * remains_${i} * scale;
      shifts_${i} += dys_${i};
      let whole = gradient_${i}${adds ? ` + read_dsum(row, column_${i})` : ''};
      write_dresidual(row, column_${i}, whole);
      write_dx(row, column_${i}, ${drop('whole', i)});`,
      )}
    }
  }
  ${rows.each(
    (i) => `
    workgroupBarrier();
    terms[lane] = gains_${i};
    terms[${workgroup}u + lane] = shifts_${i};
    workgroupBarrier();
    if (lane < ${2 * shape.lanes}u) {
      let which = lane / ${shape.lanes}u;
      let first = which * ${workgroup}u + x;
      var total = terms[first];
      for (var i = ${shape.lanes}u; i < ${workgroup}u; i += ${shape.lanes}u) { total += terms[first + i]; }
      let at = which * p.shifts + group * p.columns + column_${i};
      for (var j = 0u; j < 4u; j++) { if (column_${i} + j < p.columns) { partial[at + j] = total[j]; } }
    }`,
  )}`,
  };
}
