import { addTerms, blockOf, productShader, ROW_SUMS, storeRowSums, readTerms, whichTile } from './productText.ts';
import { DEEPEST } from './matmulTile.ts';
import { upTo } from '../wgsl/repeat.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';

/** The product that an adapter's matrix units compute, accumulated in f32; a whole subgroup computes one (m x k) @ (k x n) at a time. */
export interface MatrixUnit {
  /** The type of its operands. */
  readonly operand: 'f16' | 'f32';
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Invocations per subgroup. Workgroups are sized for the largest possible subgroup, where its size cannot be fixed. */
  readonly subgroup: number;
  /** Whether shaders fix that size. */
  readonly fixed: boolean;
}

/**
 * A workgroup's part of a product: side x side of c, divided among down x across subgroups, each of which holds its part in the
 * unit's matrices. Both operands pass through workgroup memory, as the unit takes them.
 */
export interface MatrixTile {
  readonly side: number;
  readonly down: number;
  readonly across: number;
}

/** Largest first; in each a subgroup has 32 rows. */
export const matrixTiles: readonly MatrixTile[] = [
  { side: 128, down: 4, across: 2 },
  { side: 64, down: 2, across: 2 },
];

/** Terms loaded at a time, and elements from one line of a tile to the next: a little more, so that lines start in different banks. */
export const linesOf = (operand: MatrixUnit['operand']): { depth: number; stride: number } =>
  operand === 'f16' ? { depth: 32, stride: 40 } : { depth: 16, stride: 24 };

/** Invocations and bytes of workgroup memory that a tile needs. */
export function matrixTileNeeds(
  { side, down, across }: MatrixTile,
  unit: MatrixUnit,
): { invocations: number; bytes: number } {
  const subgroups = down * across;
  const operands = 2 * side * linesOf(unit.operand).stride * (unit.operand === 'f16' ? 2 : 4);
  return { invocations: subgroups * unit.subgroup, bytes: operands + 4 * subgroups * unit.m * unit.n };
}

/** The product of one layout on matrix units. */
export function matrixShader(layout: ProductLayout, tile: MatrixTile, unit: MatrixUnit): MatmulShader {
  const { side, down, across } = tile;
  const { m, n, k, operand } = unit;
  const { depth, stride } = linesOf(unit.operand);
  const subgroups = down * across;
  const threads = subgroups * unit.subgroup;
  const [rows, columns] = [side / down, side / across]; // of a subgroup
  const sums = upTo(rows / m).flatMap((i) => upTo(columns / n).map((j) => ({ i, j, name: `sum_${i}_${j}` })));
  const blocks = (side / 4) * (depth / 4); // of each operand
  const rounds = upTo(Math.ceil(blocks / threads)).map((round) => ({ round, slot: `(lane + ${round * threads}u)` }));
  const whole = blocks % threads === 0;
  const fours = (m * n) / 4; // vectors of a matrix

  /** WGSL that applies `work` to each block that this invocation loads. */
  const each = (body: (array: 'a' | 'b', round: number, line: string, term: string) => string): string =>
    rounds
      .map(({ round, slot }) => {
        const places = {
          a: blockOf(slot, !layout.transposeA, side, depth),
          b: blockOf(slot, layout.transposeB, side, depth),
        };
        const both = (['a', 'b'] as const).map((array) => body(array, round, places[array].line, places[array].term));
        return whole ? both.join('\n      ') : `if (${slot} < ${blocks}u) { ${both.join('\n      ')} }`;
      })
      .join('\n      ');
  const lines = { a: 'firstRow', b: 'firstColumn' };
  const left = `subgroup_matrix_left<${operand}, ${k}, ${m}>`;
  const right = `subgroup_matrix_right<${operand}, ${n}, ${k}>`;
  const { declarations, ...shared } = productShader(layout);
  const parts = upTo(DEEPEST / depth); // of the terms whose sums are kept apart, the same for all tiles
  const addedSums = (round: number): string =>
    parts
      .map(
        (part) =>
          `if (depth / ${depth}u % ${parts.length}u == ${part}u) { ${addTerms(`row_sums_${round}_${part}`, `a_${round}`)} }`,
      )
      .join(' ');
  /** WGSL that adds up the sums of op(a)'s rows in the order of their terms: of each round an invocation keeps those of its block. */
  const rowSums = `
  if (firstColumn == 0u) {
    for (var i = 0u; i < ${ROW_SUMS}u; i++) {
      ${rounds
        .flatMap(({ round, slot }) => {
          const { line, term } = blockOf(slot, false, side, depth);
          return parts.map(
            (part) =>
              `if (${(part * depth) / 4}u + (${term}) == i) { addRowSums(4u * (${line}), i, row_sums_${round}_${part}); }`,
          );
        })
        .join('\n      ')}
      workgroupBarrier();
    }
    if (lane < ${side / 4}u) {
      let total = vec4f(${upTo(4)
        .map((j) => `results[4u * lane + ${j}u]`)
        .join(', ')});
      ${storeRowSums('lane', 'total')}
    }
    workgroupBarrier();
  }`;

  return {
    ...shared,
    workgroup: threads,
    ...(unit.fixed && { subgroup: unit.subgroup }),
    declarations: `
var<workgroup> a_tile: array<${operand}, ${side * stride}>;
var<workgroup> b_tile: array<${operand}, ${side * stride}>;
var<workgroup> results: array<f32, ${subgroups * m * n}>;
${declarations}${
      layout.sums
        ? `
fn addRowSums(at: u32, i: u32, sums: vec4f) {
  for (var j = 0u; j < 4u; j++) { results[at + j] = select(results[at + j], 0.0, i == 0u) + sums[j]; }
}
`
        : ''
    }${(['a', 'b'] as const)
      .map(
        (array) => `
fn write_${array}(line: u32, term: u32, block: mat4x4f) {
  ${upTo(4)
    .flatMap((i) =>
      upTo(4).map((j) => `${array}_tile[(line + ${i}u) * ${stride}u + term + ${j}u] = ${operand}(block[${j}][${i}]);`),
    )
    .join('\n  ')}
}
`,
      )
      .join('')}
fn write_results(start: u32, row: u32, column: u32, i: u32) {
  let part = i / ${fours}u;
  let place = i % ${fours}u;
  store(
    start,
    row + part / ${across}u * ${rows}u + place / ${n / 4}u,
    column + part % ${across}u * ${columns}u + place % ${n / 4}u * 4u,
    vec4f(results[4u * i], results[4u * i + 1u], results[4u * i + 2u], results[4u * i + 3u]),
  );
}
`,
    // If subgroups come out smaller there are more of them: those beyond the ones needed do the same work again.
    main: `${whichTile(layout, side)}
  let a_start = outer * p.aOuter + inner * p.aInner;
  let b_start = outer * p.bOuter + inner * p.bInner;
  let part = subgroup % ${subgroups}u;
  let top = part / ${across}u * ${rows}u;
  let west = part % ${across}u * ${columns}u;
  ${sums.map(({ name }) => `var ${name} = subgroup_matrix_result<f32, ${n}, ${m}>();`).join('\n  ')}
  ${rounds.map(({ round }) => `var a_${round}: mat4x4f; var b_${round}: mat4x4f;`).join('\n  ')}
  ${layout.sums ? rounds.flatMap(({ round }) => parts.map((part) => `var row_sums_${round}_${part} = vec4f();`)).join('\n  ') : ''}

  // While one pair of tiles is multiplied the next is on its way.
  for (var depth = begin; depth < end + ${depth}u; depth += ${depth}u) {
    if (depth < end) {
      ${each((array, round, line, term) => `${array}_${round} = ${readTerms(layout, array, `${array}_start`, `${lines[array]} + 4u * (${line})`, `(${term})`)};${layout.sums && array === 'a' ? ` ${addedSums(round)}` : ''}`)}
    }
    if (depth > begin) {
      for (var t = 0u; t < ${depth}u; t += ${k}u) {
        ${upTo(rows / m)
          .map(
            (i) =>
              `let left_${i} = subgroupMatrixLoad<${left}, row_major>(&a_tile, (top + ${i * m}u) * ${stride}u + t, ${stride}u);`,
          )
          .join('\n        ')}
        ${upTo(columns / n)
          .map(
            (j) =>
              `let right_${j} = subgroupMatrixLoad<${right}, col_major>(&b_tile, (west + ${j * n}u) * ${stride}u + t, ${stride}u);`,
          )
          .join('\n        ')}
        ${sums.map(({ i, j, name }) => `${name} = subgroupMatrixMultiplyAccumulate(left_${i}, right_${j}, ${name});`).join('\n        ')}
      }
    }
    workgroupBarrier(); // the tiles are used
    ${each((array, round, line, term) => `write_${array}(4u * (${line}), 4u * (${term}), ${array}_${round});`)}
    workgroupBarrier();
  }

${layout.sums ? rowSums : ''}

  // A matrix of each subgroup at a time, so that all invocations can write it out.
  ${sums
    .map(
      ({ i, j, name }) => `
  subgroupMatrixStore<row_major>(&results, part * ${m * n}u, ${name}, ${n}u);
  workgroupBarrier();
  for (var i = lane; i < ${subgroups * fours}u; i += ${threads}u) {
    write_results(result, firstRow + ${i * m}u, firstColumn + ${j * n}u, i);
  }
  workgroupBarrier();`,
    )
    .join('')}`,
  };
}
