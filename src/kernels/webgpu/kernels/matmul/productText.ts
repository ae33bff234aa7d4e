import { dropoutMask, maskParameters } from '../wgsl/dropoutMask.ts';
import { phi } from '../gelu.ts';
import { upTo } from '../wgsl/repeat.ts';
import type { Scalar, Shader } from '../../engine/shader.ts';

/** The array of an operand. */
export type Operand = 'a' | 'b';

/** What a product's shader text depends on, with matrix units or without; sizes and strides are parameters. */
export interface ProductLayout {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Whether a and b are read, and c written, in vectors of four: all strides must be multiples of 4. */
  readonly vectorA: boolean;
  readonly vectorB: boolean;
  readonly vectorC: boolean;
  /**
   * What is done before writing: `bias` adds a bias; `gelu` does too, and writes dropout(gelu(c)) to y; `add` adds what c holds; `geluBoth`
   * takes the product for the gradient of dropout(gelu(y)), which it writes to y, and writes that of y's former value to c.
   */
  readonly epilogue: 'none' | 'bias' | 'gelu' | 'add' | 'geluBoth';
  /** Whether the sum of each row of op(a), a bias's gradient, is computed too; a must be transposed. */
  readonly sums: boolean;
  /** Whether the terms run through several pairs of matrices. */
  readonly joined: boolean;
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

/** Terms of one of the joined matrices, with the zeros after them and without; steps from one to the next. */
const steps = { depthOfOne: 'u32', kOfOne: 'u32', aStep: 'u32', bStep: 'u32' } as const satisfies Record<
  string,
  Scalar
>;

const activation = { tanh: 'u32', ...maskParameters } as const;

export type MatmulShader = Shader<
  'a' | 'b' | 'bias' | 'c' | 'y' | 'sums',
  keyof typeof parameters | keyof typeof steps | keyof typeof activation
>;

/**
 * WGSL that reads a 4 x 4 block: column j is the term `depth + j` of the four lines (rows of op(a), columns of op(b)) from
 * `line` on. Zero outside the matrix.
 */
function readBlock(array: Operand, lines: 'm' | 'n', alongDepth: boolean, vector: boolean): string {
  // Four stretches of memory, each of four elements along the contiguous direction.
  const [stretch, stretchEnd, element, elementEnd] = alongDepth
    ? ['line', `p.${lines}`, 'depth', 'end']
    : ['depth', 'end', 'line', `p.${lines}`];
  // Reads outside the array are harmless, and their values are discarded.
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

const hasBias = ({ epilogue }: ProductLayout): boolean => epilogue === 'bias' || epilogue === 'gelu';
/** Whether GELU is computed: a long text, which a shader should contain only once. */
export const isActive = ({ epilogue }: ProductLayout): boolean => epilogue === 'gelu' || epilogue === 'geluBoth';

const labels: Record<ProductLayout['epilogue'], string> = {
  none: 'matmul',
  bias: 'linear',
  gelu: 'linearGelu',
  add: 'linearInputGradientAdd',
  geluBoth: 'linearInputGradientGelu',
};

/** WGSL that writes four neighbouring elements of a row of c. */
function store({ vectorC, epilogue }: ProductLayout): string {
  const bias = vectorC
    ? 'bias[(biasStart + column) / 4u]'
    : `vec4f(${upTo(4)
        .map((j) => `bias[biasStart + column + ${j}u]`)
        .join(', ')})`;
  const read = (array: 'c' | 'y'): string =>
    vectorC
      ? `vec4f(${array}[at / 4u])`
      : `vec4f(${upTo(4)
          .map((j) => `f32(${array}[at + ${j}u])`)
          .join(', ')})`;
  const write = (array: 'c' | 'y', value: string): string =>
    vectorC
      ? `${array}[at / 4u] = vec4<${array}_real>(${value});`
      : upTo(4)
          .map((j) => `if (column + ${j}u < p.n) { ${array}[at + ${j}u] = ${array}_real(${value}[${j}]); }`)
          .join('\n  ');
  const added = { none: '', bias: ` + ${bias}`, gelu: ` + ${bias}`, add: ` + ${read('c')}`, geluBoth: '' }[epilogue];
  const index = 'at + vec4u(0u, 1u, 2u, 3u)';
  return `
fn store(start: u32, row: u32, column: u32, sum: vec4f) {
  if (row >= p.m || column >= p.n) { return; }
  let at = start + row * p.cRow + column;
  let value = p.scale * sum${added};
  ${
    epilogue === 'geluBoth'
      ? `let before = ${read('y')};
  let curve = phi(before);
  let activated = dropoutAt(before * curve.value, ${index});
  let gradient = dropoutAt(value, ${index}) * (curve.value + before * curve.slope);
  ${write('y', 'activated')}
  ${write('c', 'gradient')}`
      : write('c', 'value')
  }
  ${
    epilogue === 'gelu'
      ? `let dropped = dropoutAt(value * phi(value).value, ${index});
  ${write('y', 'dropped')}`
      : ''
  }
}
`;
}

/**
 * The common part of all product shaders of a layout: reading blocks of a and b, the epilogue and writing.
 * @param straight operands of which no blocks are read, whose arrays are declared as scalars
 */
export function productShader(
  layout: ProductLayout,
  straight: readonly Operand[] = [],
): Pick<MatmulShader, 'label' | 'inputs' | 'outputs' | 'parameters'> & { readonly declarations: string } {
  const { transposeA, transposeB, vectorA, vectorB, vectorC, epilogue, sums, joined } = layout;
  const biased = hasBias(layout);
  const active = isActive(layout);
  const written = vectorC ? 'vec4real' : 'real';
  return {
    label: sums ? 'linearParameterGradients' : joined && epilogue === 'none' ? 'linearInputGradient' : labels[epilogue],
    inputs: {
      a: vectorA && !straight.includes('a') ? 'vec4real' : 'real',
      b: vectorB && !straight.includes('b') ? 'vec4real' : 'real',
      ...(biased ? { bias: vectorC ? 'vec4f' : 'f32' } : {}),
    },
    outputs: { c: written, ...(active ? { y: written } : {}), ...(sums ? { sums: 'f32' } : {}) },
    parameters: {
      ...parameters,
      ...(joined && steps),
      ...(active && activation),
    } as MatmulShader['parameters'],
    declarations: `${biased ? 'var<private> biasStart: u32;' : ''}${straight.includes('a') ? '' : readBlock('a', 'm', !transposeA, vectorA)}${straight.includes('b') ? '' : readBlock('b', 'n', transposeB, vectorB)}${active ? phi + dropoutMask : ''}${store(layout)}`,
  };
}

/** WGSL that determines which tile of which product a group computes, and which part of its terms. */
export const whichTile = (layout: ProductLayout, side: number): string => `
  let firstColumn = (group % p.tilesAcross) * ${side}u;
  let firstRow = (group / p.tilesAcross % p.tilesDown) * ${side}u;
  let batch = group / (p.tilesAcross * p.tilesDown);
  let product = batch % p.products;
  let split = batch / p.products;
  let outer = product / p.inner;
  let inner = product % p.inner;
  let begin = split * p.splitDepth;
  let end = min(p.k, begin + p.splitDepth);
  let result = split * p.cSplit + outer * p.cOuter + inner * p.cInner;
  ${hasBias(layout) ? 'biasStart = product * p.n;' : ''}`;

/** WGSL that reads the block of a line and the terms from \`depth + 4 term\` on. */
export const readTerms = (
  { joined }: ProductLayout,
  array: Operand,
  start: string,
  line: string,
  term: string,
): string =>
  joined
    ? `read_${array}(${start} + depth / p.depthOfOne * p.${array}Step, ${line}, depth % p.depthOfOne + 4u * ${term}, p.kOfOne)`
    : `read_${array}(${start}, ${line}, depth + 4u * ${term}, end)`;

/** The sum of a row of op(a) is that of this many sums, each of every so manieth vector of four terms, so that it is the same for all tiles. */
export const ROW_SUMS = 8;

/** WGSL that adds a block's terms to the sums of its four rows. */
export const addTerms = (sums: string, block: string): string =>
  `${sums} += ${upTo(4)
    .map((j) => `${block}[${j}]`)
    .join(' + ')};`;

/** WGSL that writes the sums of the rows \`firstRow + 4 * line\` and the three after it. */
export const storeRowSums = (line: string, total: string): string => `
    let first = firstRow + 4u * ${line};
    for (var j = 0u; j < 4u; j++) {
      if (first + j < p.m) { sums[batch * p.m + first + j] = ${total}[j]; }
    }`;

/** WGSL for the block (four lines and four terms) of a slot: neighbouring slots read neighbouring memory. */
export const blockOf = (
  slot: string,
  alongDepth: boolean,
  side: number,
  depth: number,
): { line: string; term: string } =>
  alongDepth
    ? { line: `${slot} / ${depth / 4}u`, term: `${slot} % ${depth / 4}u` }
    : { line: `${slot} % ${side / 4}u`, term: `${slot} / ${side / 4}u` };
