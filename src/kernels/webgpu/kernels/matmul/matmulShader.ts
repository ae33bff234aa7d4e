import { DEEPEST, tiles } from './matmulTile.ts';
import type { Tile } from './matmulTile.ts';
import { wgsl } from '../../engine/shader.ts';
import {
  addTerms,
  blockOf,
  productShader,
  ROW_SUMS,
  storeRowSums,
  readTerms,
  whichTile,
  isActive,
} from './productText.ts';
import { upTo } from '../wgsl/repeat.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';

export interface Variant extends ProductLayout {
  readonly tile: Tile;
}

/** Writes vectors in a loop, so that a long epilogue occurs only once in the text. It reads a copy: arrays with computed indices do not stay in registers. */
function storeInLoop(across: number, sums: readonly { readonly name: string }[], quarters: number): string {
  return `
  var copy = array<vec4f, ${sums.length}>(${sums.map(({ name }) => name).join(', ')});
  for (var i = 0u; i < ${sums.length}u; i++) {
    let row = i / ${quarters}u;
    store(result, firstRow + 4u * (row / 4u * ${across}u + y) + row % 4u, firstColumn + 4u * (i % ${quarters}u * ${across}u + x), copy[i]);
  }`;
}

/**
 * The sums of op(a)'s rows, of which each invocation that brings blocks of a keeps those of its own. They are exchanged through the
 * tiles, which are used no more, unless these hold halves.
 */
function rowSums({ side, depth }: Tile): {
  declared: (halves: boolean) => string;
  begun: string;
  added: string;
  written: string;
} {
  const lines = side / 4;
  const parts = upTo(DEEPEST / depth);
  return {
    declared: (halves) =>
      halves
        ? `var<workgroup> rowSums: array<vec4f, ${ROW_SUMS * lines}>;
fn put_sum(i: u32, sum: vec4f) { rowSums[i] = sum; }
fn get_sum(i: u32) -> vec4f { return rowSums[i]; }`
        : `fn put_sum(i: u32, sum: vec4f) { tiles[i] = sum; }
fn get_sum(i: u32) -> vec4f { return tiles[i]; }`,
    begun: parts.map((part) => `var rowSums_${part} = vec4f();`).join(' '),
    added: parts
      .map(
        (part) => `if (depth / ${depth}u % ${parts.length}u == ${part}u) { ${addTerms(`rowSums_${part}`, 'block')} }`,
      )
      .join('\n        '),
    written: `
  if (firstColumn == 0u) {
    if (bringsA) { ${parts.map((part) => `put_sum((${(part * depth) / 4}u + term) * ${lines}u + line, rowSums_${part});`).join(' ')} }
    workgroupBarrier();
    if (lane < ${lines}u) {
      var total = get_sum(lane);
      for (var i = 1u; i < ${ROW_SUMS}u; i++) { total += get_sum(i * ${lines}u + lane); }
      ${storeRowSums('lane', 'total')}
    }
  }`,
  };
}

/** The blocked product of one variant. */
export function matmulShader(variant: Variant): MatmulShader {
  const { tile, transposeA, transposeB } = variant;
  const { side, perThread, depth } = tile;
  const rows = variant.sums ? rowSums(tile) : undefined;
  const across = side / perThread; // invocations
  const threads = across * across;
  const quads = side / 4;
  const quarters = upTo(perThread / 4);
  const sums = upTo(perThread).flatMap((row) =>
    quarters.map((quarter) => ({ row, quarter, name: `sum_${row}_${quarter}` })),
  );
  const place = (alongDepth: boolean): string => {
    const { line, term } = blockOf('slot', alongDepth, side, depth);
    return `line = ${line}; term = ${term};`;
  };

  return {
    ...productShader(variant),
    workgroup: threads,
    // If a and b are both f16 the tiles are too, which leaves room for another workgroup.
    typed: ({ a, b }) => {
      const halves = a === 'f16' && b === 'f16';
      return `
alias Four = vec4<${halves ? 'f16' : 'f32'}>;
var<workgroup> tiles: array<Four, ${2 * depth * quads}>; // a's, then b's
${rows?.declared(halves) ?? ''}
`;
    },
    main: `
${whichTile(variant, side)}

  // Which block of a or b this invocation brings.
  let bringsA = lane < ${threads / 2}u;
  let slot = lane % ${threads / 2}u;
  var line = 0u;
  var term = 0u;
  var start = 0u;
  if (bringsA) {
    ${place(!transposeA)}
    start = outer * p.aOuter + inner * p.aInner;
  } else {
    ${place(transposeB)}
    start = outer * p.bOuter + inner * p.bInner;
  }
  let to = (4u * term + select(${depth}u, 0u, bringsA)) * ${quads}u + line;

  let y = lane / ${across}u;
  let x = lane % ${across}u;
  ${sums.map(({ name }) => `var ${name} = vec4f();`).join('\n  ')}
  ${rows?.begun ?? ''}

  // While one pair of tiles is multiplied the next is on its way.
  var block: mat4x4f;
  for (var depth = begin; depth < end + ${depth}u; depth += ${depth}u) {
    if (depth < end) {
      if (bringsA) {
        block = ${readTerms(variant, 'a', 'start', 'firstRow + 4u * line', 'term')};
        ${rows?.added ?? ''}
      } else { block = ${readTerms(variant, 'b', 'start', 'firstColumn + 4u * line', 'term')}; }
    }
    if (depth > begin) {
      // What is beyond the end is zero: with a constant count drivers unroll the loop, and no index in it is clamped.
      for (var t = 0u; t < ${depth}u; t++) {
        ${quarters.map((h) => `let a${h} = vec4f(tiles[t * ${quads}u + ${h * across}u + y]);`).join('\n        ')}
        ${quarters.map((h) => `let b${h} = vec4f(tiles[(${depth}u + t) * ${quads}u + ${h * across}u + x]);`).join('\n        ')}
        ${sums.map(({ row, quarter, name }) => `${name} = fma(vec4f(a${Math.floor(row / 4)}[${row % 4}]), b${quarter}, ${name});`).join('\n        ')}
      }
    }
    workgroupBarrier(); // the tiles are used
    ${upTo(4)
      .map((j) => `tiles[to + ${j * quads}u] = Four(block[${j}]);`)
      .join('\n    ')}
    workgroupBarrier();
  }
  ${rows?.written ?? ''}

  ${isActive(variant) ? storeInLoop(across, sums, quarters.length) : sums.map(({ row, quarter, name }) => `store(result, firstRow + 4u * (${Math.floor(row / 4) * across}u + y) + ${row % 4}u, firstColumn + 4u * (${quarter * across}u + x), ${name});`).join('\n  ')}`,
  };
}

/** The layout whose texts stand for all that the tuner chooses between. */
export const tunedLayout: ProductLayout = {
  transposeA: false,
  transposeB: true,
  vectorA: true,
  vectorB: true,
  vectorC: true,
  epilogue: 'none',
  sums: false,
  joined: false,
};

/** The shader texts of one layout, by tile, which the tuner chooses between. */
export function plainProducts(): string[] {
  return tiles.map((tile) => wgsl(matmulShader({ tile, ...tunedLayout })));
}
