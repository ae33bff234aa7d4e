import { addTerms, blockOf, productShader, ROW_SUMS, storeRowSums, readTerms, whichTile } from './productText.ts';
import { DEEPEST } from './matmulTile.ts';
import { linesOf } from './matrixTile.ts';
import type { MatrixTile, MatrixUnit } from './matrixTile.ts';
import { upTo } from '../wgsl/repeat.ts';
import type { ProductLayout, MatmulShader, Operand } from './productText.ts';

/**
 * The product of one layout on matrix units.
 * @param straight operands that the unit loads from their arrays: these have its type, and the product no edges
 */
export function matrixShader(
  layout: ProductLayout,
  tile: MatrixTile,
  unit: MatrixUnit,
  straight: readonly Operand[] = [],
): MatmulShader {
  const { side, down, across } = tile;
  const { m, n, k, operand } = unit;
  const { depth, stride } = linesOf(unit.operand);
  const subgroups = down * across;
  const threads = subgroups * unit.subgroup;
  const [rows, columns] = [side / down, side / across]; // of a subgroup
  const sums = upTo(rows / m).flatMap((i) => upTo(columns / n).map((j) => ({ i, j, name: `sum_${i}_${j}` })));
  const brought = (['a', 'b'] as const).filter((array) => !straight.includes(array)); // through workgroup memory
  const blocks = (side / 4) * (depth / 4); // of each operand
  const rounds = upTo(Math.ceil(blocks / threads)).map((round) => ({ round, slot: `(lane + ${round * threads}u)` }));
  const whole = blocks % threads === 0;
  const fours = (m * n) / 4; // vectors of a matrix

  /** WGSL that applies `work` to each block that this invocation loads. */
  const each = (body: (array: Operand, round: number, line: string, term: string) => string): string =>
    rounds
      .map(({ round, slot }) => {
        const places = {
          a: blockOf(slot, !layout.transposeA, side, depth),
          b: blockOf(slot, layout.transposeB, side, depth),
        };
        const both = brought.map((array) => body(array, round, places[array].line, places[array].term));
        return whole ? both.join('\n      ') : `if (${slot} < ${blocks}u) { ${both.join('\n      ')} }`;
      })
      .join('\n      ');
  const lines = { a: 'firstRow', b: 'firstColumn' };
  const left = `subgroup_matrix_left<${operand}, ${k}, ${m}>`;
  const right = `subgroup_matrix_right<${operand}, ${n}, ${k}>`;
  const { declarations, ...shared } = productShader(layout, straight);
  const current = brought.length > 0 ? `(depth - ${depth}u)` : 'depth'; // the terms that are multiplied
  const load = {
    a: (i: number): string =>
      straight.includes('a')
        ? loadStraight(left, 'a', layout.transposeA ? 'col_major' : 'row_major', `firstRow + top + ${i * m}u`)
        : `subgroupMatrixLoad<${left}, row_major>(&a_tile, (top + ${i * m}u) * ${stride}u + t, ${stride}u)`,
    b: (j: number): string =>
      straight.includes('b')
        ? loadStraight(right, 'b', layout.transposeB ? 'col_major' : 'row_major', `firstColumn + west + ${j * n}u`)
        : `subgroupMatrixLoad<${right}, col_major>(&b_tile, (west + ${j * n}u) * ${stride}u + t, ${stride}u)`,
  };
  const multiplied = `${straight.map((array) => straightStart(layout, array, current)).join('')}
      for (var t = 0u; t < ${depth}u; t += ${k}u) {
        ${upTo(rows / m)
          .map((i) => `let left_${i} = ${load.a(i)};`)
          .join('\n        ')}
        ${upTo(columns / n)
          .map((j) => `let right_${j} = ${load.b(j)};`)
          .join('\n        ')}
        ${sums.map(({ i, j, name }) => `${name} = subgroupMatrixMultiplyAccumulate(left_${i}, right_${j}, ${name});`).join('\n        ')}
      }`;
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
${brought.map((array) => `var<workgroup> ${array}_tile: array<${operand}, ${side * stride}>;`).join('\n')}
var<workgroup> results: array<f32, ${subgroups * m * n}>;
${declarations}${
      layout.sums
        ? `
fn addRowSums(at: u32, i: u32, sums: vec4f) {
  for (var j = 0u; j < 4u; j++) { results[at + j] = select(results[at + j], 0.0, i == 0u) + sums[j]; }
}
`
        : ''
    }${brought
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
  ${rounds.flatMap(({ round }) => brought.map((array) => `var ${array}_${round}: mat4x4f;`)).join('\n  ')}
  ${layout.sums ? rounds.flatMap(({ round }) => parts.map((part) => `var row_sums_${round}_${part} = vec4f();`)).join('\n  ') : ''}

  ${
    brought.length === 0
      ? `for (var depth = begin; depth < end; depth += ${depth}u) {${multiplied}
  }`
      : `// While one pair of tiles is multiplied the next is on its way.
  for (var depth = begin; depth < end + ${depth}u; depth += ${depth}u) {
    if (depth < end) {
      ${each((array, round, line, term) => `${array}_${round} = ${readTerms(layout, array, `${array}_start`, `${lines[array]} + 4u * (${line})`, `(${term})`)};${layout.sums && array === 'a' ? ` ${addedSums(round)}` : ''}`)}
    }
    if (depth > begin) {${multiplied}
    }
    workgroupBarrier(); // the tiles are used
    ${each((array, round, line, term) => `write_${array}(4u * (${line}), 4u * (${term}), ${array}_${round});`)}
    workgroupBarrier();
  }`
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

/** WGSL that determines where the terms from \`current\` on are in an operand's array. */
const straightStart = ({ joined }: ProductLayout, array: Operand, current: string): string =>
  joined
    ? `
      let ${array}_from = ${array}_start + ${current} / p.depthOfOne * p.${array}Step;
      let ${array}_term = ${current} % p.depthOfOne;`
    : `
      let ${array}_from = ${array}_start;
      let ${array}_term = ${current};`;

/** WGSL that loads a matrix from an operand's array, of the terms from \`t\` on. A line is a row of op(a) or a column of op(b). */
function loadStraight(type: string, array: Operand, order: 'row_major' | 'col_major', line: string): string {
  // A left matrix has its terms side by side in the order of its rows, a right one in that of its columns.
  const alongTerms = (array === 'a') === (order === 'row_major');
  const [outer, inner] = alongTerms ? [line, `${array}_term + t`] : [`${array}_term + t`, line];
  return `subgroupMatrixLoad<${type}, ${order}>(&${array}, ${array}_from + (${outer}) * p.${array}Row + ${inner}, p.${array}Row)`;
}
