import type { Kernels } from '../../contract.ts';
import type { GpuArray, GpuHandles } from '../engine/buffers.ts';
import type { Dispatch, Queue } from '../engine/queue.ts';
import type { Element } from '../engine/shader.ts';

/** Adds up the gradients of LayerNorm's parameters, given those of each block of rows. */
export type AddNormBlocks = (
  gain: GpuArray,
  shift: GpuArray,
  blocks: number,
  columns: number,
  outputs: { readonly dgamma: GpuArray; readonly dbeta: GpuArray },
) => void;

export interface ColumnKernels {
  readonly kernels: Pick<Kernels<GpuHandles>, 'sumRows' | 'layerNormParameterGradients'>;
  readonly addNormBlocks: AddNormBlocks;
}

/** A workgroup sums 64 columns, four rows at a time. */
export const ACROSS = 64;
export const DOWN = 4;

/** WGSL that adds up the sums of a workgroup's four rows for each column; the first row gets the result. */
export const columnTree = treeOf('f32', ACROSS);

function treeOf(type: 'f32' | 'vec4f', across: number): string {
  const down = (ACROSS * DOWN) / across;
  const parts = Array.from({ length: down }, (_, i) => `columnSums[first + ${i * across}u]`);
  return `
var<workgroup> columnSums: array<${type}, ${ACROSS * DOWN}>;
fn sumOverRows(lane: u32, value: ${type}) -> ${type} {
  workgroupBarrier(); // what was here has been read
  columnSums[lane] = value;
  workgroupBarrier();
  let first = lane % ${across}u;
  return ${parts.join(' + ')};
}
`;
}

const BLOCKS = 64; // maximum number of blocks of rows, few enough for the second pass to add quickly
const LEAST_ROWS = 64; // minimum rows per block

const parameters = { rows: 'u32', columns: 'u32', blockRows: 'u32', stripes: 'u32' } as const;
type Arrays<A extends string> = { readonly [N in A]?: Element };
type Sums<A extends string> = Dispatch<A, keyof typeof parameters>;

/** Sums over rows in two passes: within blocks of rows, then over blocks. The cut depends on sizes alone. */
export function columnKernels(queue: Queue): ColumnKernels {
  /** A shader whose outputs are sums over rows of terms of the elements \`i\` of row r; in vectors of four if the number of columns allows. */
  const sums = <I extends string, O extends string>(
    label: string,
    inputs: (element: Element, f32: Element) => { readonly [N in I]: Element },
    terms: { readonly [N in O]: string },
  ): ((columns: number) => Sums<I | O>) => {
    const shader = (vector: boolean): Sums<I | O> => {
      const type = vector ? 'vec4f' : 'f32';
      const across = vector ? ACROSS / 4 : ACROSS;
      const outputs = Object.entries<string>(terms);
      return queue.shader<I | O, keyof typeof parameters>({
        label,
        inputs: inputs(vector ? 'vec4real' : 'real', type) as Arrays<I | O>,
        outputs: Object.fromEntries(outputs.map(([name]) => [name, type])) as Arrays<I | O>,
        parameters,
        workgroup: ACROSS * DOWN,
        declarations: treeOf(type, across),
        // Group (block, stripe of columns).
        main: `
  let columns = p.columns${vector ? ' / 4u' : ''};
  let block = group / p.stripes;
  let c = group % p.stripes * ${across}u + lane % ${across}u;
  let end = min(p.rows, (block + 1u) * p.blockRows);
  ${outputs.map(([name]) => `var sum_${name} = ${type}();`).join(' ')}
  if (c < columns) {
    for (var r = block * p.blockRows + lane / ${across}u; r < end; r += ${(ACROSS * DOWN) / across}u) {
      let i = r * columns + c;
      ${outputs.map(([name, term]) => `sum_${name} += ${term.replaceAll('TYPE', type)};`).join(' ')}
    }
  }
  ${outputs.map(([name]) => `sum_${name} = sumOverRows(lane, sum_${name});`).join(' ')}
  if (lane < ${across}u && c < columns) { ${outputs.map(([name]) => `${name}[block * columns + c] = sum_${name};`).join(' ')} }`,
      });
    };
    const [vectors, scalars] = [shader(true), shader(false)];
    return (columns) => (columns % 4 === 0 ? vectors : scalars);
  };

  const sum = sums('sumRows', (x) => ({ x }), { y: 'TYPE(x[i])' });
  const norms = sums('layerNormParameterGradients', (x) => ({ x, mean: 'f32', inverse: 'f32', dy: x }), {
    dgamma: 'TYPE(dy[i]) * (TYPE(x[i]) - mean[r]) * inverse[r]',
    dbeta: 'TYPE(dy[i])',
  });
  const both = sums('layerNormParameterGradients', (_, x) => ({ gain: x, shift: x }), {
    dgamma: 'gain[i]',
    dbeta: 'shift[i]',
  });

  const cut = (rows: number, columns: number) => {
    const blockRows = Math.max(LEAST_ROWS, Math.ceil(rows / BLOCKS));
    const stripes = Math.ceil(columns / ACROSS);
    const blocks = Math.max(1, Math.ceil(rows / blockRows));
    return { blocks, groups: blocks * stripes, parameters: { rows, columns, blockRows, stripes } };
  };
  const ofBlocks = (blocks: number, columns: number) => {
    const stripes = Math.ceil(columns / ACROSS);
    return [{ rows: blocks, columns, blockRows: blocks, stripes }, stripes] as const;
  };
  const addNormBlocks: AddNormBlocks = (gain, shift, blocks, columns, { dgamma, dbeta }) =>
    both(columns)({ gain, shift, dgamma, dbeta }, ...ofBlocks(blocks, columns));
  const kernels: ColumnKernels['kernels'] = {
    sumRows({ x }, { rows, columns }, { y }) {
      const { blocks, groups, parameters } = cut(rows, columns);
      const run = sum(columns);
      if (blocks === 1) return run({ x, y }, parameters, groups);
      const [partial] = queue.workspace(blocks * columns);
      run({ x, y: partial }, parameters, groups);
      run({ x: partial, y }, ...ofBlocks(blocks, columns));
    },
    layerNormParameterGradients({ x, mean, inverse, dy }, { rows, columns }, { dgamma, dbeta }) {
      const { blocks, groups, parameters } = cut(rows, columns);
      const first = (gain: GpuArray, shift: GpuArray): void =>
        norms(columns)({ x, mean, inverse, dy, dgamma: gain, dbeta: shift }, parameters, groups);
      if (blocks === 1) return first(dgamma, dbeta);
      const [gain, shift] = queue.workspace(blocks * columns, blocks * columns);
      first(gain, shift);
      addNormBlocks(gain, shift, blocks, columns, { dgamma, dbeta });
    },
  };
  return { kernels, addNormBlocks };
}
