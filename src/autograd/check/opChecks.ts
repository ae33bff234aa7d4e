import { arithmeticChecks } from './arithmeticChecks.ts';
import { add } from '../ops/arithmetic/add.ts';
import { sum } from '../ops/arithmetic/sum.ts';
import { attention } from '../ops/attention.ts';
import { attentionContext } from '../ops/attentionContext.ts';
import { attentionScores } from '../ops/attentionScores.ts';
import { crossEntropy } from '../ops/crossEntropy.ts';
import { dropout } from '../ops/dropout.ts';
import { gather } from '../ops/gather.ts';
import { gatherSum } from '../ops/gatherSum.ts';
import { geglu } from '../ops/geglu.ts';
import { gelu } from '../ops/gelu.ts';
import { layerNorm } from '../ops/layerNorm.ts';
import { linear } from '../ops/linear.ts';
import { maskedSoftmax } from '../ops/maskedSoftmax.ts';
import { Queries } from '../ops/queries.ts';
import { rotate } from '../ops/rotate.ts';
import { scatter } from '../ops/scatter.ts';
import { softmax } from '../ops/softmax.ts';
import { row } from './row.ts';
import type { OpCheck } from './row.ts';

const rate = 0.3;
const epsilon = 1e-5;
const variance = { epsilon, form: 'variance' } as const;
const ids = Int32Array.of(3, 0, 3, 1, 4, 3);
/** Five positions' cosines and sines of three angles. */
const angles = Float64Array.from({ length: 30 }, (_, i) =>
  i % 6 < 3 ? Math.cos(Math.floor(i / 6) / 3 ** (i % 3)) : Math.sin(Math.floor(i / 6) / 3 ** (i % 3)),
);
/** Three queries per sequence: one attends to all keys, one to some, one to none. */
const spans = Int32Array.of(0, 3, 1, 2, 0, 0, 0, 2, 1, 3, 0, 3);

/** Every op: one row per variant, with the shapes of its differentiable inputs. */
export const opChecks: readonly OpCheck[] = [
  ...arithmeticChecks,
  row('linear', { x: [2, 3, 5], weight: [4, 5], bias: [4] }, (tape, { x, weight, bias }) =>
    linear(tape.use(x), weight, bias),
  ),
  row('linear without bias', { x: [1, 5], weight: [4, 5] }, (tape, { x, weight }) => linear(tape.use(x), weight)),
  row('gelu erf', { x: [4, 4] }, (tape, { x }) => gelu(tape.use(x), 'erf')),
  row('gelu tanh', { x: [4, 4] }, (tape, { x }) => gelu(tape.use(x), 'tanh')),
  ...(['erf', 'tanh'] as const).map((form) =>
    row(`geglu ${form}`, { x: [3, 10] }, (tape, { x }) => geglu(tape.use(x), form)),
  ),
  row('rotate', { x: [2, 3, 12] }, (tape, { x }) =>
    rotate(tape.use(x), tape.input(angles, [5, 6]), tape.input(ids, [2, 3]), 2),
  ),
  row(
    'attention within a window of rotated queries',
    { query: [3, 12], key: [2, 3, 12], value: [2, 3, 12] },
    (tape, inputs) => {
      const { query, key, value } = inputs;
      const whole = Int32Array.of(0, 3, 0, 3, 0, 3, 0, 2, 0, 2, 0, 0);
      const all = new Queries(tape.input(whole, [2, 3, 2]), tape.input(Int32Array.of(0, 2, 4), [3]));
      const near = all.within(1);
      const table = tape.input(angles, [5, 6]);
      const turned = [rotate(tape.use(query), table, near.positions, 2), rotate(key, table, near.all.positions, 2)];
      return attention(turned[0], turned[1], value, near, { heads: 2, scale: 0.7 });
    },
  ),
  row('dropout', { x: [5, 5] }, (tape, { x }) => dropout(tape.use(x), rate, tape.key('check'))),
  row('softmax', { x: [3, 5] }, (tape, { x }) => softmax(tape.use(x))),
  row('maskedSoftmax', { x: [2, 2, 3, 3] }, (tape, { x }) => maskedSoftmax(tape.use(x), tape.input(spans, [2, 3, 2]))),
  row('layerNorm', { x: [3, 6], gamma: [6], beta: [6] }, (tape, { x, gamma, beta }) =>
    layerNorm(tape.use(x), gamma, beta, variance),
  ),
  row('layerNorm by deviation', { x: [3, 6], gamma: [6], beta: [6] }, (tape, { x, gamma, beta }) =>
    layerNorm(tape.use(x), gamma, beta, { epsilon, form: 'deviation' }),
  ),
  row('attentionScores', { query: [2, 3, 4], key: [2, 3, 4] }, (tape, { query, key }) =>
    attentionScores(tape.use(query), key, 2, 0.7),
  ),
  row('attentionContext', { probabilities: [2, 2, 3, 3], value: [2, 3, 4] }, (tape, { probabilities, value }) =>
    attentionContext(tape.use(probabilities), value),
  ),
  row('attention', { query: [2, 3, 4], key: [2, 3, 4], value: [2, 3, 4] }, (tape, { query, key, value }) => {
    const options = { heads: 2, scale: 0.7, dropout: { rate, key: tape.key('check') } };
    return attention(tape.use(query), key, value, new Queries(tape.input(spans, [2, 3, 2])), options);
  }),
  ...[Int32Array.of(1, 3, 5), Int32Array.of(4, 0, 3)].map((some) =>
    row(
      `attention of queries ${some.join(', ')}`,
      { query: [3, 4], key: [2, 3, 4], value: [2, 3, 4] },
      (tape, inputs) => {
        const { query, key, value } = inputs;
        const options = { heads: 2, scale: 0.7, dropout: { rate, key: tape.key('check') } };
        const queries = new Queries(tape.input(spans, [2, 3, 2]), tape.input(some, [3]));
        return attention(tape.use(query), key, value, queries, options);
      },
    ),
  ),
  row('selfAttention', { x: [2, 8, 8], LLQ: [8, 8], LLK: [8, 8], LLV: [8, 8] }, (tape, { x, LLQ, LLK, LLV }) => {
    const input = dropout(tape.use(x), rate, tape.key('input'));
    const [query, key, value] = [LLQ, LLK, LLV].map((weight) => linear(input, weight));
    const ofAll = new Queries(
      tape.input(
        Int32Array.from({ length: 32 }, (_, i) => (i % 2) * 8),
        [2, 8, 2],
      ),
    );
    return attention(query, key, value, ofAll, { heads: 2, scale: 0.1 });
  }),
  ...([undefined, [0, 3, 9, 14]] as const).map((some) =>
    row(
      `selfAttention rotated${some ? ' of some queries' : ''}`,
      { x: [2, 8, 8], LLQ: [8, 8], LLK: [8, 8], LLV: [8, 8] },
      (tape, { x, LLQ, LLK, LLV }) => {
        const input = dropout(tape.use(x), rate, tape.key('input'));
        const whole = Int32Array.from({ length: 32 }, (_, i) => (i % 2) * 8);
        const queries = new Queries(
          tape.input(whole, [2, 8, 2]),
          some && tape.input(Int32Array.from(some), [some.length]),
        ).within(3);
        const table = tape.input(
          Float64Array.from({ length: 32 }, (_, i) => Math.sin(i)),
          [8, 4],
        );
        const query = rotate(linear(queries.of(input), LLQ), table, queries.positions, 2);
        const key = rotate(linear(input, LLK), table, queries.all.positions, 2);
        return attention(query, key, linear(input, LLV), queries, { heads: 2, scale: 0.1 });
      },
    ),
  ),
  row('linear and residual', { x: [3, 4], weight: [4, 4] }, (tape, { x, weight }) => {
    const input = softmax(tape.use(x));
    const sum = add(input, linear(input, weight));
    return add(sum, gelu(linear(sum, weight), 'tanh'));
  }),
  row('geluDropout', { x: [4, 4] }, (tape, { x }) => dropout(gelu(tape.use(x), 'erf'), rate, tape.key('check'))),
  row('linearGelu', { x: [2, 3, 5], weight: [4, 5], bias: [4] }, (tape, { x, weight, bias }) =>
    gelu(linear(tape.use(x), weight, bias), 'tanh'),
  ),
  row('linearGelu and dropout', { x: [2, 3, 5], weight: [4, 5], bias: [4] }, (tape, { x, weight, bias }) =>
    dropout(gelu(linear(tape.use(x), weight, bias), 'tanh'), rate, tape.key('check')),
  ),
  row('linearGelu without bias', { x: [1, 5], weight: [4, 5] }, (tape, { x, weight }) =>
    gelu(linear(tape.use(x), weight), 'erf'),
  ),
  row('dropoutAdd', { residual: [5, 5], x: [5, 5] }, (tape, { residual, x }) =>
    add(tape.use(residual), dropout(tape.use(x), rate, tape.key('check'))),
  ),
  // No fused kernel broadcasts a row or adds a number, so these must not be fused.
  row('dropoutAdd of a row', { residual: [5, 4], x: [4] }, (tape, { residual, x }) =>
    add(tape.use(residual), dropout(tape.use(x), rate, tape.key('check'))),
  ),
  row('dropoutAddLayerNorm of a row', { x: [3, 6], added: [6], gamma: [6], beta: [6] }, (tape, inputs) => {
    const { x, added, gamma, beta } = inputs;
    return layerNorm(add(tape.use(x), dropout(tape.use(added), rate, tape.key('check'))), gamma, beta, variance);
  }),
  row('dropoutAddLayerNorm of a number', { x: [3, 6], gamma: [6], beta: [6] }, (tape, { x, gamma, beta }) =>
    layerNorm(add(dropout(tape.use(x), rate, tape.key('check')), 0.5), gamma, beta, variance),
  ),
  ...(['both', 'sum', 'norm'] as const).map((used) =>
    row(`dropoutAddLayerNorm of ${used}`, { residual: [3, 6], x: [3, 6], gamma: [6], beta: [6] }, (tape, inputs) => {
      const { residual, x, gamma, beta } = inputs;
      const sum = add(tape.use(residual), dropout(tape.use(x), rate, tape.key('check')));
      const norm = layerNorm(sum, gamma, beta, variance);
      return used === 'both' ? add(sum, norm) : { sum, norm }[used];
    }),
  ),
  row('dropoutAddLayerNorm without dropout', { residual: [3, 6], x: [3, 6], gamma: [6], beta: [6] }, (tape, inputs) => {
    const { residual, x, gamma, beta } = inputs;
    return layerNorm(add(tape.use(residual), x), gamma, beta, variance);
  }),
  ...[true, false].map((biased) =>
    row(
      `feedForward${biased ? '' : ' without biases'}`,
      { x: [2, 3], weight1: [5, 3], weight2: [4, 5], ...(biased && { bias1: [5], bias2: [4] }) },
      (tape, { x, weight1, weight2, bias1, bias2 }) => {
        const activation = gelu(linear(tape.use(x), weight1, bias1), biased ? 'tanh' : 'erf');
        return linear(dropout(activation, rate, tape.key('check')), weight2, bias2);
      },
    ),
  ),
  row('gatherSum', { one: [5, 3], two: [5, 3], three: [5, 3] }, (tape, { one, two, three }) => {
    const [some, others] = [tape.input(ids, [2, 3]), tape.input(ids.toReversed(), [2, 3])];
    return gatherSum([one, some], [two, others], [three, some]);
  }),
  row('gather', { table: [5, 3] }, (tape, { table }) => gather(table, tape.input(ids, [2, 3]))),
  row('scatter', { x: [2, 3, 2] }, (tape, { x }) => scatter(tape.use(x), tape.input(ids, [2, 3]), [5, 2])),
  row('crossEntropy', { logits: [6, 7] }, (tape, { logits }) => crossEntropy(tape.use(logits), tape.input(ids, [6]))),
  ...[true, false].map((biased) =>
    row(
      `linearCrossEntropy${biased ? '' : ' without bias'}`,
      { x: [6, 3], weight: [7, 3], ...(biased && { bias: [7] }) },
      (tape, { x, weight, bias }) => crossEntropy(linear(tape.use(x), weight, bias), tape.input(ids, [6])),
    ),
  ),
  row('linearCrossEntropy and its logits', { x: [6, 3], weight: [7, 3] }, (tape, { x, weight }) => {
    const logits = linear(tape.use(x), weight);
    const loss = sum(crossEntropy(logits, tape.input(ids, [6])), 1);
    return add(loss, sum(gelu(logits, 'erf'), 0.5));
  }),
];
