import type { AttentionTile } from './attentionTile.ts';
import { maskParameters } from '../wgsl/dropoutMask.ts';
import { each, upTo } from '../wgsl/repeat.ts';
import type { Scalar } from '../../engine/shader.ts';
import { streamLine, threadsOf, weightLine } from './attentionTile.ts';

/** The parameters of attention's shaders: `stride` is the number of elements from one token to the next, `blocks` the workgroups per head. */
export const attentionParameters = {
  heads: 'u32',
  length: 'u32',
  headSize: 'u32',
  stride: 'u32',
  blocks: 'u32',
  scale: 'f32',
  ...maskParameters,
} as const satisfies Record<string, Scalar>;

/** The parts of WGSL that attention's shaders are made of. */
export interface AttentionText {
  /** Number of columns of scores per invocation, at x + j * across. */
  readonly scores: number;
  /** Workgroup memory for the streamed side and for the weights computed from the scores. */
  readonly memory: string;
  /** Computes the invocation's block, head, sequence, `base` of the head's elements, its `rows`, x and y. */
  readonly place: string;
  readonly resident: (name: string) => string;
  readonly read: (array: string) => string;
  readonly write: (array: string) => string;
  readonly keep: (name: string, array: string, scale?: string) => string;
  readonly bring: (array: string, chunk: string | number, first: string, from: string, to: string) => string;
  readonly product: (name: string, resident: string, chunk: string | number) => string;
  readonly products: (name: string, resident: string, array: string, first: string, from: string, to: string) => string;
  readonly sums: (name: string) => string;
  readonly addTo: (name: string, chunk: number) => string;
  readonly writeSums: (name: string, array: string, factor: (row: number) => string) => string;
}

/**
 * @param vector whether the heads' elements are read and written as vectors of four, which must divide their number
 */
export function attentionText(tile: AttentionTile, vector: boolean): AttentionText {
  const { rows, columns, across, chunk, chunks } = tile;
  const quads = chunk / 4;
  const line = streamLine(tile);
  const weights = weightLine(tile);
  const down = rows / 4;
  const scores = columns / across;
  const parts = quads / across; // vectors of a chunk's sums

  const threads = threadsOf(tile);
  // Two loads are in flight at once.
  const bring: AttentionText['bring'] = (array, part, first, from, to) => {
    const read = (slot: string): string => {
      const row = `(${first} + ${slot} / ${quads}u)`;
      return `read_${array}(base, ${row}, ${part} * ${chunk}u + 4u * (${slot} % ${quads}u), ${row} >= ${from} && ${row} < ${to})`;
    };
    const target = (slot: string): string => `streamed[${slot} / ${quads}u * ${line}u + ${slot} % ${quads}u]`;
    return `
      for (var slot = lane; slot < ${columns * quads}u; slot += ${2 * threads}u) {
        let other = slot + ${threads}u;
        let one = ${read('slot')};
        let two = ${read('other')};
        ${target('slot')} = one;
        ${target('other')} = two;
      }`;
  };
  const product: AttentionText['product'] = (name, resident, part) => `
      for (var t = 0u; t < ${quads}u; t++) {
        let at = (${part} * ${chunk}u + 4u * t) * ${down}u + y;
        ${each(4, (i) => `let a${i} = ${resident}[at + ${i * down}u];`, ' ')}
        var b: vec4f;
        ${each(scores, (j) => `b = streamed[(x + ${j * across}u) * ${line}u + t]; ${each(4, (i) => `${name}_${j} = fma(a${i}, vec4f(b[${i}]), ${name}_${j});`, ' ')}`, '\n        ')}
      }`;

  return {
    scores,
    memory: `
var<workgroup> streamed: array<vec4f, ${columns * line}>; // by column: a chunk of its elements
var<workgroup> weights: array<vec4f, ${columns * weights}>; // by column: one for each row
`,
    place: `
  let y = lane / ${across}u;
  let x = lane % ${across}u;
  let firstRow = group % p.blocks * ${rows}u;
  let head = group / p.blocks % p.heads;
  let sequence = group / p.blocks / p.heads;
  let base = sequence * p.length * p.stride + head * p.headSize;
  let firstSquareRow = (sequence * p.heads + head) * p.length; // of arrays (batch, heads, length, ...)
  let rows = firstRow + 4u * y + vec4u(0u, 1u, 2u, 3u);`,
    resident: (name) => `
var<workgroup> ${name}: array<vec4f, ${down * chunk * chunks}>; // by element of the head: one for each row
`,
    read: (array) => `
fn read_${array}(base: u32, row: u32, d: u32, inside: bool) -> vec4f {
  if (!inside || d >= p.headSize) { return vec4f(); }
  let at = base + row * p.stride + d;
  ${
    vector
      ? `return vec4f(${array}[at / 4u]);`
      : `return vec4f(${each(4, (i) => `select(0.0, f32(${array}[at + ${i}u]), d + ${i}u < p.headSize)`, ', ')});`
  }
}
`,
    write: (array) => `
fn write_${array}(base: u32, row: u32, d: u32, value: vec4f) {
  if (row >= p.length || d >= p.headSize) { return; }
  let at = base + row * p.stride + d;
  ${
    vector
      ? `${array}[at / 4u] = vec4<${array}_real>(value);`
      : each(4, (i) => `if (d + ${i}u < p.headSize) { ${array}[at + ${i}u] = ${array}_real(value[${i}]); }`)
  }
}
`,
    // Neighbouring invocations read neighbouring vectors of a row.
    keep: (name, array, scale = '1.0') => `
  for (var d = 4u * x; d < ${chunk * chunks}u; d += ${4 * across}u) {
    let turned = transpose(mat4x4f(${each(4, (i) => `read_${array}(base, rows[${i}], d, rows[${i}] < p.length)`, ', ')}));
    ${each(4, (i) => `${name}[(d + ${i}u) * ${down}u + y] = ${scale} * turned[${i}];`, ' ')}
  }`,
    bring,
    product,
    products(name, resident, array, first, from, to) {
      const declared = each(scores, (j) => `var ${name}_${j} = vec4f();`, ' ');
      return `
    ${declared}
    for (var chunk = 0u; chunk < ${chunks}u; chunk++) {${bring(array, 'chunk', first, from, to)}
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
        ${each(parts, (h) => `v = streamed[k * ${line}u + ${h * across}u + x]; ${each(4, (r) => `${name}_${c}_${h}_${r} = fma(vec4f(weight[${r}]), v, ${name}_${c}_${h}_${r});`, ' ')}`, '\n        ')}
      }`,
    // A loop keeps the shader short. It reads a copy, since arrays with computed indices do not stay in registers.
    writeSums(name, array, factor) {
      const all = upTo(chunks).flatMap((c) =>
        upTo(parts).flatMap((h) => upTo(4).map((r) => `${factor(r)} * ${name}_${c}_${h}_${r}`)),
      );
      return `
  var copy_${name} = array<vec4f, ${all.length}>(${all.join(', ')});
  for (var i = 0u; i < ${all.length}u; i++) {
    write_${array}(base, firstRow + 4u * y + i % 4u, 4u * (i / 4u * ${across}u + x), copy_${name}[i]);
  }`;
    },
  };
}
