import type { Kernels, KernelParameters } from '../../../contract.ts';
import { keysShader, queriesShader } from './attentionBackward.ts';
import { forwardShader } from './attentionForward.ts';
import { HULL, notesShader, notesSize } from './attentionNotes.ts';
import type { AttentionParameter } from './attentionPlace.ts';
import { attentionTiles } from './attentionTile.ts';
import { matrixKeys, matrixQueries } from './matrixBackward.ts';
import { matrixForward } from './matrixForward.ts';
import { attentionMatrixTiles } from './matrixTile.ts';
import type { AttentionMatrixTile } from './matrixTile.ts';
import type { MatrixUnit } from '../matmul/matrixTile.ts';
import type { AttentionTile } from './attentionTile.ts';
import { flopsOf } from '../../../cost.ts';
import type { GpuArray, GpuHandles } from '../../engine/buffers.ts';
import { maskValues } from '../wgsl/dropoutMask.ts';
import type { Dispatch, Queue } from '../../engine/queue.ts';
import type { Shader } from '../../engine/shader.ts';
import type { Traits } from '../../engine/traits.ts';
import type { Tuner } from '../../engine/tuner/tuner.ts';

type Sizes = KernelParameters<'attention'>;
/** The queries that are listed; undefined if all tokens are queries. */
type Listed = { readonly tokens: GpuArray; readonly queries: number } | undefined;

/** The ways to compute a pass of attention for heads of one size and arrays of one type, all with the same bits. */
interface Pass<A extends string> {
  readonly kind: string;
  readonly ways: readonly { readonly rows: number; readonly run: Dispatch<A, AttentionParameter> }[];
  readonly indices: readonly number[];
  /** The tuner's name for the last work that it did; a step has the same sizes in all blocks but the last. */
  named?: Named;
}

interface Named {
  readonly length: number;
  readonly squares: number;
  readonly queries: number;
  readonly kind: string;
}

/** Attention, forward and backward, of all tokens or of those listed. Shaders are created for the head sizes that occur. */
export function attentionKernels(
  queue: Queue,
  { workgroupBytes, invocations }: Traits,
  tuner: Pick<Tuner, 'run'>,
  unit?: MatrixUnit,
): Pick<Kernels<GpuHandles>, 'attention' | 'attentionBackward' | 'attentionAt' | 'attentionAtBackward'> {
  /** Makes passes when they are first needed, and keeps shaders by their text's arguments. */
  const passes = <A extends string>(
    name: string,
    residents: number,
    shaderOf: (tile: AttentionTile, vector: boolean) => Shader<A, AttentionParameter>,
    matrixShaderOf: (tile: AttentionMatrixTile, unit: MatrixUnit, headSize: number) => Shader<A, AttentionParameter>,
  ): ((headSize: number, halves: boolean) => Pass<A>) => {
    const shaders = new Map<string, Dispatch<A, AttentionParameter>>();
    const known = new Map<number, Pass<A>>();
    return (headSize, halves) => {
      const found = known.get(2 * headSize + Number(halves));
      if (found) return found;
      const vector = headSize % 4 === 0;
      const plain = (): Pass<A>['ways'] =>
        attentionTiles(headSize, { residents, halves, workgroupBytes }).map((tile) => {
          const key = JSON.stringify([tile, vector]);
          const run = shaders.get(key) ?? queue.shader(shaderOf(tile, vector));
          shaders.set(key, run);
          return { rows: tile.rows, run };
        });
      const usable = unit && (halves || unit.operand === 'f32') ? unit : undefined;
      const matrices = usable ? attentionMatrixTiles(headSize, residents, usable, { workgroupBytes, invocations }) : [];
      const byMatrices = matrices.map((tile) => ({
        rows: tile.rows,
        run: queue.shader(matrixShaderOf(tile, usable as MatrixUnit, headSize)),
      }));
      const ways = byMatrices.length > 0 ? byMatrices : plain();
      const kind = `${name} ${headSize} ${halves}${byMatrices.length > 0 ? ' matrices' : ''}`;
      const made: Pass<A> = { kind, ways, indices: ways.map((_, i) => i) };
      known.set(2 * headSize + Number(halves), made);
      return made;
    };
  };
  const forwards = passes('attention', 1, forwardShader, matrixForward);
  const toQueries = passes('attention dquery', 2, queriesShader, matrixQueries);
  const toKeys = passes('attention dkey', 2, keysShader, matrixKeys);
  const notes = [false, true].map((vector) => queue.shader(notesShader(vector)));

  const values = (p: Sizes, listed: Listed, blocks: number): Record<AttentionParameter, number> => {
    const { threshold, factor, keyHigh, keyLow } = maskValues(p);
    return {
      heads: p.heads,
      length: p.length,
      headSize: p.headSize,
      stride: p.heads * p.headSize,
      blocks,
      queries: listed?.queries ?? p.batch * p.length,
      listed: Number(listed !== undefined),
      scale: p.scale,
      threshold,
      factor,
      keyHigh,
      keyLow,
    };
  };
  const octaves = (...counts: readonly number[]): string =>
    counts.map((count) => Math.round(2 * Math.log2(count || 1))).join(' ');
  const kindOf = (
    { kind, named }: Pick<Pass<never>, 'kind' | 'named'>,
    length: number,
    squares: number,
    queries: number,
  ): Named =>
    named?.length === length && named.squares === squares && named.queries === queries
      ? named
      : { length, squares, queries, kind: `${kind} ${octaves(length, squares, queries)}` };
  const compute = <A extends string>(
    pass: Pass<A>,
    arrays: Readonly<Record<A, GpuArray>>,
    p: Sizes,
    listed: Listed,
    flops: number,
  ): void => {
    const { ways, indices } = pass;
    const squares = p.heads * p.batch;
    pass.named = kindOf(pass, p.length, squares, listed?.queries ?? 0);
    tuner.run(
      pass.named.kind,
      indices,
      flops,
      (way) => {
        const { rows, run } = ways[way];
        const blocks = Math.ceil(p.length / rows);
        run(arrays, values(p, listed, blocks), blocks * squares, flops);
      },
      (way) => ways[way].run.ready(arrays),
    );
  };

  type Forward = Record<'query' | 'key' | 'value' | 'spans' | 'context' | 'logSumExp', GpuArray>;
  const forward = (arrays: Forward, p: Sizes, flops: number, listed?: Listed): void => {
    const { query, key, value, spans } = arrays;
    const halves = [query, key, value].every(({ type }) => type === 'f16');
    const tokens = listed?.tokens ?? spans;
    const { context, logSumExp } = arrays;
    compute(forwards(p.headSize, halves), { query, key, value, spans, context, logSumExp, tokens }, p, listed, flops);
  };

  type Backward = Forward & Record<'dcontext' | 'dquery' | 'dkey' | 'dvalue', GpuArray>;
  const backward = (arrays: Backward, p: Sizes, flops: number, listed?: Listed): void => {
    const { query, key, value, spans, context, logSumExp, dcontext, dquery, dkey, dvalue } = arrays;
    const halves = [query, key, value, dcontext].every(({ type }) => type === 'f16');
    const tokens = listed?.tokens ?? spans;
    const blocks = Math.ceil(p.length / HULL);
    const [noted] = queue.workspace(4 * notesSize(p, listed?.queries ?? p.batch * p.length));
    const note = notes[Number(p.headSize % 4 === 0)];
    note({ spans, tokens, context, logSumExp, dcontext, notes: noted }, values(p, listed, blocks), blocks * p.heads * p.batch); // prettier-ignore
    const given = { query, key, value, dcontext, notes: noted, tokens, dquery, dkey, dvalue };
    compute(toQueries(p.headSize, halves), given, p, listed, flops / 2);
    compute(toKeys(p.headSize, halves), given, p, listed, flops / 2);
  };

  return {
    attention: (inputs, p, outputs) => forward({ ...inputs, ...outputs }, p, flopsOf('attention', p)),
    attentionBackward: (inputs, p, outputs) => backward({ ...inputs, ...outputs }, p, flopsOf('attentionBackward', p)),
    attentionAt: ({ tokens, ...inputs }, p, outputs) =>
      forward({ ...inputs, ...outputs }, p, flopsOf('attentionAt', p), { tokens, queries: p.queries }),
    attentionAtBackward: ({ tokens, ...inputs }, p, outputs) =>
      backward({ ...inputs, ...outputs }, p, flopsOf('attentionAtBackward', p), { tokens, queries: p.queries }),
  };
}
