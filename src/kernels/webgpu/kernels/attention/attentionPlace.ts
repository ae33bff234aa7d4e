import { maskParameters } from '../wgsl/dropoutMask.ts';
import { each } from '../wgsl/repeat.ts';
import type { Scalar } from '../../engine/shader.ts';

/**
 * The parameters of attention's shaders: `stride` is the number of elements from one token to the next, `blocks` the workgroups per head
 * and sequence. All tokens are queries, or `listed` (1) are only those in the array `tokens`; `queries` is their number.
 */
export const attentionParameters = {
  heads: 'u32',
  length: 'u32',
  headSize: 'u32',
  stride: 'u32',
  blocks: 'u32',
  queries: 'u32',
  listed: 'u32',
  scale: 'f32',
  ...maskParameters,
} as const satisfies Record<string, Scalar>;

export type AttentionParameter = keyof typeof attentionParameters;

/** WGSL about queries, which are numbered across the batch in the order of their tokens. */
export const queryText = `
fn tokenOf(query: u32) -> u32 { return select(query, u32(tokens[query]), p.listed == 1u); }

/** The first query whose token is this one or a later one. */
fn firstQueryFrom(token: u32) -> u32 {
  if (p.listed == 0u) { return token; }
  var low = 0u;
  var high = p.queries;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (u32(tokens[middle]) < token) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

/** Where a query's log-sum-exp is: in (batch, heads, length), or (heads, queries) if they are listed. */
fn sumAt(head: u32, query: u32, squareRow: u32) -> u32 { return select(squareRow, head * p.queries + query, p.listed == 1u); }
`;

/** WGSL that determines a workgroup's head and sequence: its tokens and queries, and where its rows of (batch, heads, length, ...) begin. */
export const placeText = `
  let head = group / p.blocks % p.heads;
  let sequence = group / p.blocks / p.heads;
  let column = head * p.headSize;
  let firstToken = sequence * p.length;
  let firstSquareRow = (sequence * p.heads + head) * p.length;
  let firstQuery = firstQueryFrom(firstToken);
  let endQuery = firstQueryFrom(firstToken + p.length);`;

/** WGSL that determines a workgroup's block of rows, which are queries. In a sequence with few queries, later blocks have none. */
export const queryRows = (rows: number): string => `${placeText}
  let firstRow = firstQuery + group % p.blocks * ${rows}u;
  let endRow = endQuery;
  if (firstRow >= endRow) { return; }`;

/** The same for rows that are keys. */
export const keyRows = (rows: number): string => `${placeText}
  let firstRow = firstToken + group % p.blocks * ${rows}u;
  let endRow = firstToken + p.length;`;

/** WGSL of workgroup memory for \`spanned\`. */
export const spannedMemory = `
var<workgroup> beforeFirst: atomic<u32>; // from the end
var<workgroup> afterLast: atomic<u32>;
var<workgroup> spanned: vec2u;
`;

/** WGSL that makes \`name\` the hull of the ranges that invocations note by \`noted\`, within 0 to \`length\`. Integers: their order does not matter. */
const hullOf = (name: string, length: string, noted: string): string => `
  ${noted}
  workgroupBarrier();
  if (lane == 0u) { spanned = vec2u(${length} - atomicLoad(&beforeFirst), atomicLoad(&afterLast)); }
  let ${name} = workgroupUniformLoad(&spanned);`;
const note = (length: string, begin: string, end: string): string =>
  `{ atomicMax(&beforeFirst, ${length} - ${begin}); atomicMax(&afterLast, ${end}); }`;

/** WGSL that makes \`seen\` the keys of the sequence that the spans of a block of queries cover: no other is read. */
export const keysSeen = (rows: number, threads: number): string =>
  hullOf(
    'seen',
    'p.length',
    `for (var row = firstRow + lane; row < min(firstRow + ${rows}u, endRow); row += ${threads}u) {
    let span = 2u * tokenOf(row);
    let start = u32(spans[span]);
    let end = u32(spans[span + 1u]);
    if (start < end) ${note('p.length', 'start', 'end')}
  }`,
  );

/** WGSL that makes \`blocks\` those blocks of a sequence's queries, with hulls in \`notes\`, that see any of a block of keys. */
export const blocksSeeing = (rows: number, threads: number, block: number): string =>
  hullOf(
    'blocks',
    'hulls',
    `let hulls = (endQuery - firstQuery + ${block - 1}u) / ${block}u;
  for (var block = lane; block < hulls; block += ${threads}u) {
    let hull = vec2u(notes[hullAt(sequence, block)].xy);
    if (firstToken + hull.x < firstRow + ${rows}u && firstToken + hull.y > firstRow) ${note('hulls', 'block', 'block + 1u')}
  }`,
  );

/**
 * WGSL that reads four elements of a row of an array (rows, heads, headSize) from the element \`d\` of a head on: zeros beyond the head.
 * @param vector whether they are one vector: headSize is a multiple of four
 */
export const readText = (array: string, vector: boolean): string => `
fn read_${array}(column: u32, row: u32, d: u32, inside: bool) -> vec4f {
  if (!inside || d >= p.headSize) { return vec4f(); }
  let at = row * p.stride + column + d;
  ${
    vector
      ? `return vec4f(${array}[at / 4u]);`
      : `return vec4f(${each(4, (i) => `select(0.0, f32(${array}[at + ${i}u]), d + ${i}u < p.headSize)`, ', ')});`
  }
}
`;

/** WGSL that writes them. */
export const writeText = (array: string, vector: boolean): string => `
fn write_${array}(column: u32, row: u32, d: u32, inside: bool, value: vec4f) {
  if (!inside || d >= p.headSize) { return; }
  let at = row * p.stride + column + d;
  ${
    vector
      ? `${array}[at / 4u] = vec4<${array}_real>(value);`
      : each(4, (i) => `if (d + ${i}u < p.headSize) { ${array}[at + ${i}u] = ${array}_real(value[${i}]); }`)
  }
}
`;
