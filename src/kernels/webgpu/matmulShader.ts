import { drawing, drawingParameters } from './drawing.ts';
import { phi } from './gelu.ts';
import type { Scalar, Shader } from './shader.ts';
import type { Tile } from './matmulTile.ts';

/** What a product's text depends on; sizes and strides are parameters. */
export interface Variant {
  readonly tile: Tile;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether whole vectors of four of the array are read (a, b) and written (c): all strides must be multiples of 4. */
  readonly vectorA: boolean;
  readonly vectorB: boolean;
  readonly vectorC: boolean;
  /** What is done to a product before it is written: a bias added, and dropout(gelu) of that written to y besides. */
  readonly epilogue: 'none' | 'bias' | 'gelu';
}

const parameters = {
  m: 'u32',
  n: 'u32',
  k: 'u32',
  inner: 'u32',
  products: 'u32',
  tilesDown: 'u32',
  tilesAcross: 'u32',
  splitDepth: 'u32',
  aRow: 'u32',
  aOuter: 'u32',
  aInner: 'u32',
  bRow: 'u32',
  bOuter: 'u32',
  bInner: 'u32',
  cRow: 'u32',
  cOuter: 'u32',
  cInner: 'u32',
  cSplit: 'u32',
  scale: 'f32',
} as const satisfies Record<string, Scalar>;

const activation = { tanh: 'u32', ...drawingParameters } as const;

export type MatmulShader = Shader<'a' | 'b' | 'bias' | 'c' | 'y', keyof typeof parameters | keyof typeof activation>;

const upTo = (count: number): number[] => [...Array(count).keys()];

/**
 * WGSL of reading a 4 x 4 block: column j is the term `depth + j` of four lines (rows of op(a), columns of op(b)) from
 * `line`. Zero outside of the matrix.
 */
function readBlock(array: 'a' | 'b', lines: 'm' | 'n', alongDepth: boolean, vector: boolean): string {
  // Four stretches of memory, each of four elements along the direction that is contiguous.
  const [stretch, stretchEnd, element, elementEnd] = alongDepth
    ? ['line', `p.${lines}`, 'depth', 'end']
    : ['depth', 'end', 'line', `p.${lines}`];
  // Reads outside of the array are harmless, and what they give is not taken.
  const stretches = upTo(4).map((i) => {
    const at = `start + (${stretch} + ${i}u) * p.${array}Row + ${element}`;
    const inside = `${stretch} + ${i}u < ${stretchEnd}`;
    const elements = upTo(4).map(
      (j) => `select(0.0, f32(${array}[${at} + ${j}u]), ${inside} && ${element} + ${j}u < ${elementEnd})`,
    );
    return vector
      ? `select(vec4f(), vec4f(${array}[(${at}) / 4u]), ${inside} && ${element} < ${elementEnd})`
      : `vec4f(${elements.join(', ')})`;
  });
  const block = `mat4x4f(${stretches.join(', ')})`;
  return `
fn read_${array}(start: u32, line: u32, depth: u32, end: u32) -> mat4x4f {
  return ${alongDepth ? `transpose(${block})` : block};
}
`;
}

/** WGSL of writing four neighbours of a row of c. */
function store({ vectorC, epilogue }: Variant): string {
  const bias = vectorC
    ? 'bias[column / 4u]'
    : `vec4f(${upTo(4)
        .map((j) => `bias[column + ${j}u]`)
        .join(', ')})`;
  const write = (array: 'c' | 'y', value: string): string =>
    vectorC
      ? `${array}[at / 4u] = vec4<${array}_real>(${value});`
      : upTo(4)
          .map((j) => `if (column + ${j}u < p.n) { ${array}[at + ${j}u] = ${array}_real(${value}[${j}]); }`)
          .join('\n  ');
  return `
fn store(start: u32, row: u32, column: u32, sum: vec4f) {
  if (row >= p.m || column >= p.n) { return; }
  let at = start + row * p.cRow + column;
  let value = p.scale * sum${epilogue === 'none' ? '' : ` + ${bias}`};
  ${write('c', 'value')}
  ${
    epilogue === 'gelu'
      ? `let dropped = dropoutAt(value * phi(value).value, at + vec4u(0u, 1u, 2u, 3u));
  ${write('y', 'dropped')}`
      : ''
  }
}
`;
}

/** Of a long epilogue a loop writes one vector after another, so that its text is there once. It reads a copy: what has computed indices leaves the registers. */
function storeInLoop(across: number, sums: readonly { readonly name: string }[], quarters: number): string {
  return `
  var copy = array<vec4f, ${sums.length}>(${sums.map(({ name }) => name).join(', ')});
  for (var i = 0u; i < ${sums.length}u; i++) {
    let row = i / ${quarters}u;
    store(result, firstRow + 4u * (row / 4u * ${across}u + y) + row % 4u, firstColumn + 4u * (i % ${quarters}u * ${across}u + x), copy[i]);
  }`;
}

/** The blocked product of one variant. */
export function matmulShader(variant: Variant): MatmulShader {
  const { tile, transposeA, transposeB, vectorA, vectorB, vectorC, epilogue } = variant;
  const biased = epilogue !== 'none';
  const active = epilogue === 'gelu';
  const { side, perThread, depth } = tile;
  const across = side / perThread; // invocations
  const threads = across * across;
  const quads = side / 4;
  const quarters = upTo(perThread / 4);
  const sums = upTo(perThread).flatMap((row) =>
    quarters.map((quarter) => ({ row, quarter, name: `sum_${row}_${quarter}` })),
  );
  const alongDepth = { a: !transposeA, b: transposeB };
  /** Neighbouring invocations read neighbouring memory. */
  const place = (along: boolean): string =>
    along
      ? `line = slot / ${depth / 4}u; term = slot % ${depth / 4}u;`
      : `line = slot % ${quads}u; term = slot / ${quads}u;`;

  const written = vectorC ? 'vec4real' : 'real';

  return {
    label: { none: 'matmul', bias: 'linear', gelu: 'linearGelu' }[epilogue],
    inputs: {
      a: vectorA ? 'vec4real' : 'real',
      b: vectorB ? 'vec4real' : 'real',
      ...(biased ? { bias: vectorC ? 'vec4f' : 'f32' } : {}),
    },
    outputs: { c: written, ...(active ? { y: written } : {}) },
    inF32: transposeA ? [['c']] : [['b']], // gradients of weights; products with weights
    parameters: (active ? { ...parameters, ...activation } : parameters) as MatmulShader['parameters'],
    workgroup: threads,
    declarations: `
var<workgroup> tiles: array<vec4f, ${2 * depth * quads}>; // a's, then b's
${readBlock('a', 'm', alongDepth.a, vectorA)}${readBlock('b', 'n', alongDepth.b, vectorB)}${active ? phi + drawing : ''}${store(variant)}`,
    main: `
  // Which tile of which product, and which part of its terms.
  let firstColumn = (group % p.tilesAcross) * ${side}u;
  let firstRow = (group / p.tilesAcross % p.tilesDown) * ${side}u;
  let batch = group / (p.tilesAcross * p.tilesDown);
  let product = batch % p.products;
  let split = batch / p.products;
  let outer = product / p.inner;
  let inner = product % p.inner;
  let begin = split * p.splitDepth;
  let end = min(p.k, begin + p.splitDepth);

  // Which block of a or b this invocation brings.
  let bringsA = lane < ${threads / 2}u;
  let slot = lane % ${threads / 2}u;
  var line = 0u;
  var term = 0u;
  var start = 0u;
  if (bringsA) {
    ${place(alongDepth.a)}
    start = outer * p.aOuter + inner * p.aInner;
  } else {
    ${place(alongDepth.b)}
    start = outer * p.bOuter + inner * p.bInner;
  }
  let to = (4u * term + select(${depth}u, 0u, bringsA)) * ${quads}u + line;

  let y = lane / ${across}u;
  let x = lane % ${across}u;
  ${sums.map(({ name }) => `var ${name} = vec4f();`).join('\n  ')}

  // While one pair of tiles is multiplied the next is on its way.
  var block: mat4x4f;
  for (var depth = begin; depth < end + ${depth}u; depth += ${depth}u) {
    if (depth < end) {
      if (bringsA) { block = read_a(start, firstRow + 4u * line, depth + 4u * term, end); }
      else { block = read_b(start, firstColumn + 4u * line, depth + 4u * term, end); }
    }
    if (depth > begin) {
      let terms = min(${depth}u, end - (depth - ${depth}u));
      for (var t = 0u; t < terms; t++) {
        ${quarters.map((h) => `let a${h} = tiles[t * ${quads}u + ${h * across}u + y];`).join('\n        ')}
        ${quarters.map((h) => `let b${h} = tiles[(${depth}u + t) * ${quads}u + ${h * across}u + x];`).join('\n        ')}
        ${sums.map(({ row, quarter, name }) => `${name} = fma(vec4f(a${Math.floor(row / 4)}[${row % 4}]), b${quarter}, ${name});`).join('\n        ')}
      }
    }
    workgroupBarrier(); // the tiles are used
    ${upTo(4)
      .map((j) => `tiles[to + ${j * quads}u] = block[${j}];`)
      .join('\n    ')}
    workgroupBarrier();
  }

  let result = split * p.cSplit + outer * p.cOuter + inner * p.cInner;
  ${active ? storeInLoop(across, sums, quarters.length) : sums.map(({ row, quarter, name }) => `store(result, firstRow + 4u * (${Math.floor(row / 4) * across}u + y) + ${row % 4}u, firstColumn + 4u * (${quarter * across}u + x), ${name});`).join('\n  ')}`,
  };
}
