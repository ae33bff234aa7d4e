import type { MatrixUnit } from '../matmul/matrixTile.ts';
import { each, upTo } from '../wgsl/repeat.ts';
import { COLUMNS, lineOf, subgroupsOf } from './matrixTile.ts';
import type { AttentionMatrixTile } from './matrixTile.ts';

/** Vectors of four in a row of scores; an invocation computes with the same one of several rows. */
const QUADS = COLUMNS / 4;

/** The parts of WGSL that attention's shaders are made of, with matrix units. */
export interface MatrixText {
  readonly threads: number;
  /** Workgroup memory for the streamed side, the scores and the weights computed from them, and their functions. */
  readonly memory: string;
  readonly resident: (name: string) => string;
  /** Where the subgroup's part is, and the invocation's: vector \`e\` of rows \`row_0\`, \`row_1\`, ... */
  readonly begin: string;
  readonly keep: (name: string, array: string) => string;
  readonly bring: (array: string, first: string, begin: string, end: string) => string;
  /** The scores resident @ streamed', which all invocations may read after the next barrier. */
  readonly product: (resident: string) => string;
  /** WGSL for each row of the invocation; \`scores\` is its vector of the scores. */
  readonly rows: (body: (u: number, scores: string) => string) => string;
  readonly putWeights: (u: number, value: string) => string;
  readonly sums: (name: string) => string;
  /** Adds weights @ streamed to the sums. */
  readonly addTo: (name: string) => string;
  /** @param factor of the row, which may use \`line\`, its number in the block */
  readonly writeSums: (name: string, array: string, factor: string) => string;
}

export function matrixText(tile: AttentionMatrixTile, unit: MatrixUnit, width: number): MatrixText {
  const { rows, down, across } = tile;
  const { m, n, k, operand } = unit;
  const threads = subgroupsOf(tile) * unit.subgroup;
  const [line, scoreLine] = [lineOf(width), lineOf(COLUMNS)];
  const left = `subgroup_matrix_left<${operand}, ${k}, ${m}>`;
  const right = `subgroup_matrix_right<${operand}, ${n}, ${k}>`;
  const result = `subgroup_matrix_result<f32, ${n}, ${m}>`;
  const downs = upTo(rows / down / m);
  /** The subgroup's matrices of a result with so many columns. */
  const matrices = (name: string, columns: number) =>
    downs.flatMap((i) => upTo(columns / across / n).map((j) => ({ i, j, name: `${name}_${i}_${j}` })));
  const items = (rows * QUADS) / threads;
  const step = threads / QUADS; // rows from one of the invocation's to the next

  const copy = (array: string, target: string, lines: number, row: string, begin: string, end: string): string => `
    for (var slot = lane; slot < ${(lines * width) / 4}u; slot += ${threads}u) {
      let d = 4u * (slot % ${width / 4}u);
      let row = ${row} + slot / ${width / 4}u;
      let value = read_${array}(column, row, d, row >= ${begin} && row < ${end});
      let at = slot / ${width / 4}u * ${line}u + d;
      ${each(4, (i) => `${target}[at + ${i}u] = ${operand}(value[${i}]);`, ' ')}
    }`;
  /** One matrix after another: sums += lefts @ rights. */
  const multiply = (
    sums: ReturnType<typeof matrices>,
    depth: number,
    leftOf: (i: number) => string,
    rightOf: (j: number) => string,
  ): string => `
    for (var t = 0u; t < ${depth}u; t += ${k}u) {
      ${downs.map((i) => `let left_${i} = ${leftOf(i)};`).join('\n      ')}
      ${[...new Set(sums.map(({ j }) => j))].map((j) => `let right_${j} = ${rightOf(j)};`).join('\n      ')}
      ${sums.map(({ i, j, name }) => `${name} = subgroupMatrixMultiplyAccumulate(left_${i}, right_${j}, ${name});`).join('\n      ')}
    }`;
  const store = (name: string, i: number, j: number): string =>
    `subgroupMatrixStore<row_major>(&scores, (top + ${i * m}u) * ${scoreLine}u + west + ${j * n}u, ${name}, ${scoreLine}u);`;

  return {
    threads,
    memory: `
var<workgroup> streamed: array<${operand}, ${COLUMNS * line}>;
var<workgroup> weights: array<${operand}, ${rows * scoreLine}>;
var<workgroup> scores: array<f32, ${rows * scoreLine}>;

fn scores_at(at: u32) -> vec4f { return vec4f(${each(4, (i) => `scores[at + ${i}u]`, ', ')}); }
`,
    resident: (name) => `
var<workgroup> ${name}: array<${operand}, ${rows * line}>;
`,
    // If subgroups come out smaller there are more of them: those beyond the ones needed do the same work again.
    begin: `
  let part = subgroup % ${subgroupsOf(tile)}u;
  let top = part / ${across}u * ${rows / down}u;
  let west = part % ${across}u * ${COLUMNS / across}u; // of the scores
  let left = part % ${across}u * ${width / across}u; // of the sums
  let e = lane % ${QUADS}u;
  ${each(items, (u) => `let line_${u} = lane / ${QUADS}u + ${u * step}u; let row_${u} = firstRow + line_${u};`, '\n  ')}`,
    keep: (name, array) => copy(array, name, rows, 'firstRow', 'firstRow', 'endRow'),
    bring: (array, first, begin, end) => copy(array, 'streamed', COLUMNS, first, begin, end),
    product(resident) {
      const sums = matrices('score', COLUMNS);
      return `
    {
    ${sums.map(({ name }) => `var ${name} = ${result}();`).join('\n    ')}${multiply(
      sums,
      width,
      (i) => `subgroupMatrixLoad<${left}, row_major>(&${resident}, (top + ${i * m}u) * ${line}u + t, ${line}u)`,
      (j) => `subgroupMatrixLoad<${right}, col_major>(&streamed, (west + ${j * n}u) * ${line}u + t, ${line}u)`,
    )}
    ${sums.map(({ i, j, name }) => store(name, i, j)).join('\n    ')}
    }`;
    },
    rows: (body) => each(items, (u) => body(u, `scores_at(line_${u} * ${scoreLine}u + 4u * e)`), '\n    '),
    putWeights: (u, value) =>
      each(4, (i) => `weights[line_${u} * ${scoreLine}u + 4u * e + ${i}u] = ${operand}(${value}[${i}]);`, ' '),
    sums: (name) =>
      matrices(name, width)
        .map((sum) => `var ${sum.name} = ${result}();`)
        .join('\n  '),
    addTo: (name) =>
      multiply(
        matrices(name, width),
        COLUMNS,
        (i) => `subgroupMatrixLoad<${left}, row_major>(&weights, (top + ${i * m}u) * ${scoreLine}u + t, ${scoreLine}u)`,
        (j) => `subgroupMatrixLoad<${right}, row_major>(&streamed, t * ${line}u + left + ${j * n}u, ${line}u)`,
      ),
    // The scores' memory takes as many columns at a time, of each subgroup its next.
    writeSums: (name, array, factor) =>
      each(
        width / COLUMNS,
        (turn) => `
  workgroupBarrier();
  ${matrices(name, width)
    .filter(({ j }) => Math.floor((j * n) / (COLUMNS / across)) === turn)
    .map((sum) => store(sum.name, sum.i, sum.j - (turn * COLUMNS) / across / n))
    .join('\n  ')}
  workgroupBarrier();
  for (var i = lane; i < ${rows * QUADS}u; i += ${threads}u) {
    let line = i / ${QUADS}u;
    let place = 4u * (i % ${QUADS}u);
    let d = place / ${COLUMNS / across}u * ${width / across}u + ${(turn * COLUMNS) / across}u + place % ${COLUMNS / across}u;
    write_${array}(column, firstRow + line, d, firstRow + line < endRow, ${factor} * scores_at(line * ${scoreLine}u + place));
  }`,
        '',
      ),
  };
}
