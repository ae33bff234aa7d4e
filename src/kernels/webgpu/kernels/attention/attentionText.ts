import type { AttentionTile } from './attentionTile.ts';
import { each, upTo } from '../wgsl/repeat.ts';
import { streamLine, threadsOf, weightLine } from './attentionTile.ts';

/** Terms of a row's total: of every so manieth column, so that it is the same for all tiles. */
const TOTALS = 16;

/** The parts of WGSL that attention's shaders are made of, if they have no matrix units. */
export interface AttentionText {
  /** Number of columns of scores per invocation, at x + j * across. */
  readonly scores: number;
  /** Workgroup memory for the streamed side and for the weights computed from the scores. */
  readonly memory: string;
  /** The invocation's four `rows`, x and y. */
  readonly rows: string;
  readonly resident: (name: string) => string;
  readonly keep: (name: string, array: string) => string;
  readonly bring: (array: string, chunk: string | number, first: string, begin: string, end: string) => string;
  readonly product: (name: string, resident: string, chunk: string | number) => string;
  readonly products: (
    name: string,
    resident: string,
    array: string,
    first: string,
    begin: string,
    end: string,
  ) => string;
  readonly sums: (name: string) => string;
  readonly addTo: (name: string, chunk: number) => string;
  readonly writeSums: (name: string, array: string, factor: (row: number) => string) => string;
  /** The sums of the rows' values, of which each invocation adds those of its own columns first. */
  readonly totals: {
    readonly declared: string;
    readonly all: readonly string[];
    readonly of: (j: number) => string;
    readonly added: string;
  };
}

/** Where attention's arrays pass through workgroup memory: `Kept` vectors are halves if all these arrays are. */
export const keptText =
  (...arrays: readonly string[]) =>
  (reals: { readonly [name: string]: string | undefined }): string =>
    `alias Kept = vec4<${arrays.every((name) => reals[name] === 'f16') ? 'f16' : 'f32'}>;\n`;

export function attentionText(tile: AttentionTile): AttentionText {
  const { rows, columns, across, chunk, chunks } = tile;
  const quads = chunk / 4;
  const line = streamLine(tile);
  const weights = weightLine(tile);
  const down = rows / 4;
  const scores = columns / across;
  const parts = quads / across; // vectors of a chunk's sums
  const threads = threadsOf(tile);
  const classes = upTo(TOTALS / across);

  const bring: AttentionText['bring'] = (array, part, first, begin, end) => {
    const read = (slot: string): string => {
      const row = `(${first} + ${slot} / ${quads}u)`;
      return `Kept(read_${array}(column, ${row}, ${part} * ${chunk}u + 4u * (${slot} % ${quads}u), ${row} >= ${begin} && ${row} < ${end}))`;
    };
    const target = (slot: string): string => `streamed[${slot} / ${quads}u * ${line}u + ${slot} % ${quads}u]`;
    const slots = columns * quads;
    return slots % (2 * threads) === 0
      ? `
      for (var slot = lane; slot < ${slots}u; slot += ${2 * threads}u) { // two loads are in flight at once
        let other = slot + ${threads}u;
        let one = ${read('slot')};
        let two = ${read('other')};
        ${target('slot')} = one;
        ${target('other')} = two;
      }`
      : `
      for (var slot = lane; slot < ${slots}u; slot += ${threads}u) { ${target('slot')} = ${read('slot')}; }`;
  };
  const product: AttentionText['product'] = (name, resident, part) => `
      for (var t = 0u; t < ${quads}u; t++) {
        let at = (${part} * ${chunk}u + 4u * t) * ${down}u + y;
        ${each(4, (i) => `let a${i} = vec4f(${resident}[at + ${i * down}u]);`, ' ')}
        var b: vec4f;
        ${each(scores, (j) => `b = vec4f(streamed[(x + ${j * across}u) * ${line}u + t]); ${each(4, (i) => `${name}_${j} = fma(a${i}, vec4f(b[${i}]), ${name}_${j});`, ' ')}`, '\n        ')}
      }`;

  return {
    scores,
    memory: `
var<workgroup> streamed: array<Kept, ${columns * line}>; // by column: a chunk of its elements
var<workgroup> weights: array<vec4f, ${columns * weights}>; // by column: one for each row
`,
    rows: `
  let y = lane / ${across}u;
  let x = lane % ${across}u;
  let rows = firstRow + 4u * y + vec4u(0u, 1u, 2u, 3u);`,
    resident: (name) => `
var<workgroup> ${name}: array<Kept, ${down * chunk * chunks}>; // by element of the head: one for each row
`,
    // Neighbouring invocations read neighbouring vectors of a row.
    keep: (name, array) => `
  for (var d = 4u * x; d < ${chunk * chunks}u; d += ${4 * across}u) {
    let turned = transpose(mat4x4f(${each(4, (i) => `read_${array}(column, rows[${i}], d, rows[${i}] < endRow)`, ', ')}));
    ${each(4, (i) => `${name}[(d + ${i}u) * ${down}u + y] = Kept(turned[${i}]);`, ' ')}
  }`,
    bring,
    product,
    products(name, resident, array, first, begin, end) {
      const declared = each(scores, (j) => `var ${name}_${j} = vec4f();`, ' ');
      return `
    ${declared}
    for (var chunk = 0u; chunk < ${chunks}u; chunk++) {${bring(array, 'chunk', first, begin, end)}
      workgroupBarrier();${product(name, resident, 'chunk')}
      workgroupBarrier();
    }`;
    },
    sums: (name) =>
      each(
        chunks,
        (c) => each(parts, (h) => each(4, (r) => `var ${name}_${c}_${h}_${r} = vec4f();`, ' '), '\n  '),
        '\n  ',
      ),
    addTo: (name, c) => `
      for (var k = 0u; k < ${columns}u; k++) {
        let weight = weights[k * ${weights}u + y];
        var v: vec4f;
        ${each(parts, (h) => `v = vec4f(streamed[k * ${line}u + ${h * across}u + x]); ${each(4, (r) => `${name}_${c}_${h}_${r} = fma(vec4f(weight[${r}]), v, ${name}_${c}_${h}_${r});`, ' ')}`, '\n        ')}
      }`,
    // A loop keeps the shader short. It reads a copy, since arrays with computed indices do not stay in registers.
    writeSums(name, array, factor) {
      const all = upTo(chunks).flatMap((c) =>
        upTo(parts).flatMap((h) => upTo(4).map((r) => `${factor(r)} * ${name}_${c}_${h}_${r}`)),
      );
      return `
  var copy_${name} = array<vec4f, ${all.length}>(${all.join(', ')});
  for (var i = 0u; i < ${all.length}u; i++) {
    let row = firstRow + 4u * y + i % 4u;
    write_${array}(column, row, 4u * (i / 4u * ${across}u + x), row < endRow, copy_${name}[i]);
  }`;
    },
    totals: {
      declared: classes.map((i) => `var total_${i} = vec4f();`).join(' '),
      all: classes.map((i) => `total_${i}`),
      of: (j) => `total_${j % classes.length}`,
      // The weights are used no more.
      added: `
  ${classes.map((i) => `weights[(x + ${i * across}u) * ${weights}u + y] = total_${i};`).join(' ')}
  workgroupBarrier();
  var total = vec4f();
  for (var i = 0u; i < ${TOTALS}u; i++) { total += weights[i * ${weights}u + y]; }`,
    },
  };
}
