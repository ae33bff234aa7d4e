import {
  attentionParameters,
  keysSeen,
  queryRows,
  queryText,
  readText,
  spannedMemory,
  writeText,
} from './attentionPlace.ts';
import type { AttentionParameter } from './attentionPlace.ts';
import { attentionText, keptText } from './attentionText.ts';
import { threadsOf, weightLine } from './attentionTile.ts';
import type { AttentionTile } from './attentionTile.ts';
import { dropoutMask, squareIndices } from '../wgsl/dropoutMask.ts';
import { each } from '../wgsl/repeat.ts';
import type { Shader } from '../../engine/shader.ts';

export type ForwardShader = Shader<
  'query' | 'key' | 'value' | 'spans' | 'tokens' | 'context' | 'logSumExp',
  AttentionParameter
>;

/**
 * Context and log-sum-exp of a block of queries of one head, in one pass over the keys that their spans cover (Dao et al. 2022):
 * whenever a larger score occurs, the sums so far are rescaled. Keys are taken in blocks that begin at multiples of their size, so that
 * the queries beside a query do not change its bits.
 * @param vector whether the heads' elements are read and written as vectors of four, which must divide their number
 */
export function forwardShader(tile: AttentionTile, vector: boolean): ForwardShader {
  const text = attentionText(tile);
  const { across, chunk, chunks, columns, rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const weights = weightLine(tile);
  const threads = threadsOf(tile);
  const stream = ['firstToken + first', 'firstToken + seen.x', 'firstToken + seen.y'] as const;
  const allSums = (change: (sum: string, row: number) => string): string =>
    each(chunks, (c) => each(chunk / 4 / across, (h) => each(4, (r) => change(`sum_${c}_${h}_${r}`, r), ' ')));
  return {
    label: 'attention',
    inputs: { query: real, key: real, value: real, spans: 'i32', tokens: 'i32' },
    outputs: { context: real, logSumExp: 'f32' },
    parameters: attentionParameters,
    workgroup: threads,
    typed: keptText('query', 'key', 'value'),
    declarations: `${text.memory}${text.resident('queries')}${spannedMemory}
var<workgroup> exchange: array<vec4f, ${across * weights}>; // by x: the invocation's maxima of four rows
${['query', 'key', 'value'].map((array) => readText(array, vector)).join('')}${writeText('context', vector)}${queryText}${dropoutMask}${squareIndices}`,
    main: `${queryRows(rows)}${text.rows}
  ${text.keep('queries', 'query')}
  ${keysSeen(rows, threads)}
  ${each(4, (r) => `let token_${r} = tokenOf(min(rows[${r}], endRow - 1u));`, ' ')}
  let squareRows = firstSquareRow + vec4u(${each(4, (r) => `token_${r}`, ', ')}) - firstToken;
  let starts = vec4i(${each(4, (r) => `spans[2u * token_${r}]`, ', ')});
  let ends = vec4i(${each(4, (r) => `spans[2u * token_${r} + 1u]`, ', ')});

  var largest = vec4f(-3.4e38);
  ${text.totals.declared}
  ${text.sums('sum')}
  for (var first = seen.x / ${columns}u * ${columns}u; first < seen.y; first += ${columns}u) {
    ${text.products('s', 'queries', 'key', ...stream)}
    var top = largest;
    ${each(text.scores, (j) => `s_${j} *= p.scale; let key_${j} = vec4i(i32(first + x + ${j * across}u)); let seen_${j} = (key_${j} >= starts) & (key_${j} < ends); top = max(top, select(vec4f(-3.4e38), s_${j}, seen_${j}));`, '\n    ')}
    exchange[x * ${weights}u + y] = top;
    workgroupBarrier();
    for (var i = 0u; i < ${across}u; i++) { top = max(top, exchange[i * ${weights}u + y]); }
    let shrink = exp(largest - top);
    largest = top;
    ${text.totals.all.map((total) => `${total} *= shrink;`).join(' ')}
    ${allSums((sum, r) => `${sum} *= shrink[${r}];`)}
    ${each(
      text.scores,
      (j) => `
    let probability_${j} = select(vec4f(), exp(s_${j} - top), seen_${j});
    ${text.totals.of(j)} += probability_${j};
    let at_${j} = indices(squareRows, vec4u(key_${j}));
    weights[(x + ${j * across}u) * ${weights}u + y] = dropout(probability_${j}, at_${j}.above, at_${j}.counter);`,
    )}
    ${each(
      chunks,
      (c) => `${text.bring('value', c, ...stream)}
      workgroupBarrier();${text.addTo('sum', c)}
      workgroupBarrier();`,
    )}
  }
  ${text.totals.added}
  let any = total > vec4f();
  let inverse = select(vec4f(), 1.0 / total, any);
  ${text.writeSums('sum', 'context', (r) => `inverse[${r}]`)}
  let logSum = select(vec4f(), largest + log(total), any);
  if (x == 0u) {
    ${each(4, (r) => `if (rows[${r}] < endRow) { logSumExp[sumAt(head, rows[${r}], squareRows[${r}])] = logSum[${r}]; }`)}
  }`,
  };
}
