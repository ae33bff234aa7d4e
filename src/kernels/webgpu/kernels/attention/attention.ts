import type { Kernels, KernelParameters } from '../../../contract.ts';
import { attentionBackwardShaders } from './attentionBackward.ts';
import { attentionParameters, attentionText } from './attentionText.ts';
import { each } from '../wgsl/repeat.ts';
import { attentionTile, threadsOf, weightLine } from './attentionTile.ts';
import type { AttentionTile } from './attentionTile.ts';
import { flopsOf } from '../../../cost.ts';
import type { GpuHandles } from '../../engine/buffers.ts';
import { dropoutMask, maskValues, squareIndices } from '../wgsl/dropoutMask.ts';
import { HULL, NOTE } from './attentionNotes.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Shader } from '../../engine/shader.ts';
import type { Traits } from '../../engine/traits.ts';

/**
 * Context and log-sum-exp of a block of queries of one head, in one pass over the keys that their spans cover (Dao et al. 2022):
 * whenever a larger score occurs, the sums so far are rescaled.
 */
function forward(
  tile: AttentionTile,
  vector: boolean,
): Shader<'query' | 'key' | 'value' | 'spans' | 'context' | 'logSumExp', keyof typeof attentionParameters> {
  const text = attentionText(tile, vector);
  const { across, chunk, chunks, columns, rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const weights = weightLine(tile);
  const allSums = (change: (sum: string, row: number) => string): string =>
    each(chunks, (c) => each(chunk / 4 / across, (h) => each(4, (r) => change(`sum_${c}_${h}_${r}`, r), ' ')));
  return {
    label: 'attention',
    inputs: { query: real, key: real, value: real, spans: 'i32' },
    outputs: { context: real, logSumExp: 'f32' },
    parameters: attentionParameters,
    workgroup: threadsOf(tile),
    declarations: `${text.memory}${text.resident('queries')}
var<workgroup> exchange: array<vec4f, ${across * weights}>; // by x: the invocation's maxima, or sums, of four rows
${text.read('query')}${text.read('key')}${text.read('value')}${text.write('context')}${dropoutMask}${squareIndices}`,
    main: `${text.place}
  ${text.keep('queries', 'query', 'p.scale')}

  // The keys that the block's spans cover: all of them are looked at, and no other.
  var begin = p.length;
  var stop = 0u;
  for (var row = firstRow; row < min(firstRow + ${rows}u, p.length); row++) {
    let start = u32(spans[2u * (sequence * p.length + row)]);
    let end = u32(spans[2u * (sequence * p.length + row) + 1u]);
    if (start < end) { begin = min(begin, start); stop = max(stop, end); }
  }
  let places = 2u * (sequence * p.length + min(rows, vec4u(p.length - 1u)));
  let starts = vec4i(${each(4, (r) => `spans[places[${r}]]`, ', ')});
  let ends = vec4i(${each(4, (r) => `spans[places[${r}] + 1u]`, ', ')});

  var largest = vec4f(-3.4e38);
  var total = vec4f(); // of this invocation's columns
  ${text.sums('sum')}
  for (var first = begin; first < stop; first += ${columns}u) {
    ${text.products('s', 'queries', 'key', 'first', 'begin', 'stop')}
    var top = largest;
    ${each(text.scores, (j) => `let key_${j} = vec4i(i32(first + x + ${j * across}u)); let seen_${j} = (key_${j} >= starts) & (key_${j} < ends); top = max(top, select(vec4f(-3.4e38), s_${j}, seen_${j}));`, '\n    ')}
    exchange[x * ${weights}u + y] = top;
    workgroupBarrier();
    for (var i = 0u; i < ${across}u; i++) { top = max(top, exchange[i * ${weights}u + y]); }
    let shrink = exp(largest - top);
    largest = top;
    total *= shrink;
    ${allSums((sum, r) => `${sum} *= shrink[${r}];`)}
    ${each(
      text.scores,
      (j) => `
    let probability_${j} = select(vec4f(), exp(s_${j} - top), seen_${j});
    total += probability_${j};
    let at_${j} = indices(firstSquareRow + rows, vec4u(key_${j}));
    weights[(x + ${j * across}u) * ${weights}u + y] = dropout(probability_${j}, at_${j}.above, at_${j}.counter);`,
    )}
    ${each(
      chunks,
      (c) => `${text.bring('value', c, 'first', 'begin', 'stop')}
      workgroupBarrier();${text.addTo('sum', c)}
      workgroupBarrier();`,
    )}
  }

  exchange[x * ${weights}u + y] = total;
  workgroupBarrier();
  total = vec4f();
  for (var i = 0u; i < ${across}u; i++) { total += exchange[i * ${weights}u + y]; }
  let any = total > vec4f();
  let inverse = select(vec4f(), 1.0 / total, any);
  ${text.writeSums('sum', 'context', (r) => `inverse[${r}]`)}
  let logSum = select(vec4f(), largest + log(total), any);
  if (x == 0u) {
    ${each(4, (r) => `if (rows[${r}] < p.length) { logSumExp[firstSquareRow + rows[${r}]] = logSum[${r}]; }`)}
  }`,
  };
}

/** Attention, forward and backward. Shaders are created for the head sizes that occur. */
export function attentionKernels(
  queue: Queue,
  { workgroupBytes }: Traits,
): Pick<Kernels<GpuHandles>, 'attention' | 'attentionBackward'> {
  const made = <T>(residents: number, make: (tile: AttentionTile, vector: boolean) => T) => {
    const known = new Map<string, T & { tile: AttentionTile }>();
    return (headSize: number): T & { tile: AttentionTile } => {
      const tile = attentionTile(headSize, residents, workgroupBytes);
      const vector = headSize % 4 === 0;
      const key = `${tile.chunk} ${tile.chunks} ${vector}`;
      const found = known.get(key) ?? { ...make(tile, vector), tile };
      known.set(key, found);
      return found;
    };
  };
  const forwards = made(1, (tile, vector) => ({ run: queue.shader(forward(tile, vector)) }));
  const backwards = made(2, (tile, vector) => attentionBackwardShaders(queue, tile, vector));
  const values = (p: KernelParameters<'attention'>, blocks: number) => ({
    ...p,
    ...maskValues(p),
    stride: p.heads * p.headSize,
    blocks,
  });

  return {
    attention(inputs, p, outputs) {
      const { run, tile } = forwards(p.headSize);
      const blocks = Math.ceil(p.length / tile.rows);
      run({ ...inputs, ...outputs }, values(p, blocks), blocks * p.heads * p.batch, flopsOf('attention', p));
    },
    attentionBackward({ query, key, value, spans, context, logSumExp, dcontext }, p, { dquery, dkey, dvalue }) {
      const { note, queries, keys, tile } = backwards(p.headSize);
      const squares = p.heads * p.batch;
      const hullBlocks = Math.ceil(p.length / HULL);
      const [notes, hull] = queue.workspace(NOTE * squares * p.length, 2 * hullBlocks * p.batch);
      note({ spans, context, logSumExp, dcontext, notes, hull }, values(p, hullBlocks), hullBlocks * squares);
      const blocks = Math.ceil(p.length / tile.rows);
      const inputs = { query, key, value, dcontext, notes, hull };
      const flops = flopsOf('attentionBackward', p) / 2;
      queries({ ...inputs, dquery }, values(p, blocks), blocks * squares, flops);
      keys({ ...inputs, dkey, dvalue }, values(p, blocks), blocks * squares, flops);
    },
  };
}
