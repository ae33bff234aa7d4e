import { headProducts } from '../../src/autograd/ops/heads.ts';
import { matmulParameters } from '../../src/kernels/matmulParameters.ts';
import { sortByRow } from '../../src/kernels/sortByRow.ts';
import type { OptionalKernel, KernelParameters } from '../../src/kernels/contract.ts';
import type { Device, DeviceArray } from '../../src/kernels/device.ts';
import { ofEachHead } from './ofEachHead.ts';
import { adamwRatioScaled, unlessSkipped } from './scaledUpdates.ts';

export type Arrays = Record<string, DeviceArray>;
type Composition<K extends OptionalKernel> = (
  device: Device,
  inputs: Arrays,
  p: KernelParameters<K>,
) => Arrays | Promise<Arrays>;

/** The composition of required kernels that each optional kernel is equivalent to. */
export const compositions: { readonly [K in OptionalKernel]: Composition<K> } = {
  linear,
  async linearGelu(device, inputs, p) {
    const { y } = await linear(device, inputs, { ...p, layers: 1 });
    return { linear: y, ...geluDropout(device, { x: y }, { ...p, size: p.rows * p.outputs }) };
  },
  linearInputGradient: inputGradient,
  async linearInputGradientAdd(device, { total, dy, weight }, p) {
    const { dx } = await inputGradient(device, { dy, weight }, p);
    device.launch('accumulate', { total, x: dx }, { size: p.rows * p.inputs });
    return {};
  },
  async linearInputGradientGelu(device, { x, dy, weight }, p) {
    const { dx: through } = await inputGradient(device, { dy, weight }, { ...p, layers: 1 });
    const activation = { ...p, size: p.rows * p.inputs };
    const { dx } = geluDropoutBackward(device, { x, dy: through }, activation);
    const { y } = geluDropout(device, { x }, activation);
    device.write(x, (await device.read(y)).subarray(0, activation.size));
    return { dx };
  },
  async linearParameterGradients(device, { x, dy }, { rows, inputs, outputs, layers }) {
    const [dweight, dbias]: number[][][] = [[], []];
    for (const a of await layersOf(device, dy, rows * outputs, layers)) {
      const layouts = { a: { row: outputs }, b: { row: inputs }, c: { row: inputs } };
      const product = matmulParameters({ m: outputs, n: inputs, k: rows, transposeA: true, ...layouts });
      dweight.push([...(await device.read(device.launch('matmul', { a, b: x }, product).c))]);
      dbias.push([...(await device.read(device.launch('sumRows', { x: a }, { rows, columns: outputs }).y))]);
    }
    return { dweight: device.upload('f32', dweight.flat()), dbias: device.upload('f32', dbias.flat()) };
  },
  geluDropout,
  geluDropoutBackward,
  async geluDropoutBoth(device, { x, dy }, p) {
    const { y } = geluDropout(device, { x }, p);
    const { dx } = geluDropoutBackward(device, { x, dy }, p);
    device.write(x, (await device.read(y)).subarray(0, p.size));
    device.write(dy, (await device.read(dx)).subarray(0, p.size));
    return {};
  },
  async crossEntropyInPlace(device, { logits, labels, logSumExp, dlosses }, p) {
    const { dlogits } = device.launch('crossEntropyBackward', { logits, labels, logSumExp, dlosses }, p);
    device.write(logits, (await device.read(dlogits)).subarray(0, p.rows * p.columns));
    return {};
  },
  scatterSumAdd(device, { total, ...inputs }, p) {
    const { dtable } = device.launch('scatterSum', inputs as never, p);
    device.launch('accumulate', { total, x: dtable }, { size: p.rows * p.columns });
    return {};
  },
  gatherAdd(device, { total, table, indices }, p) {
    device.launch(
      'accumulate',
      { total, x: device.launch('gather', { table, indices }, p).y },
      { size: p.rows * p.columns },
    );
    return {};
  },
  async rotateInPlace(device, { x, table, positions }, { layers, ...p }) {
    const each = (await device.read(positions)).subarray(0, p.rows);
    const all = device.upload('i32', Array.from({ length: layers }, () => [...each]).flat());
    const { y } = device.launch('rotate', { x, table, positions: all }, { ...p, rows: layers * p.rows });
    device.write(x, (await device.read(y)).subarray(0, layers * p.rows * p.heads * p.headSize));
    return {};
  },
  dropoutAdd,
  dropoutAddLayerNorm(device, { x, residual, gamma, beta }, p) {
    const { y: sum } = dropoutAdd(device, { x, residual }, { ...p, size: p.rows * p.columns });
    return { sum, ...device.launch('layerNorm', { x: sum, gamma, beta }, p) };
  },
  dropoutAddLayerNormBackward(device, { sum, gamma, mean, inverse, dy, dsum }, p) {
    const size = p.rows * p.columns;
    const { dx: through } = device.launch('layerNormBackward', { x: sum, gamma, mean, inverse, dy }, p);
    const dresidual = p.addSum ? device.launch('add', { a: through, b: dsum }, { size }).y : through;
    const dx = device.launch('dropout', { x: dresidual }, { ...p, size }).y;
    return { dresidual, dx, ...device.launch('layerNormParameterGradients', { x: sum, mean, inverse, dy }, p) };
  },
  async attention(device, { query, key, value, spans }, p) {
    const { toColumns, scores, probabilities } = attentionParts(device, { query, key, spans }, p);
    const dropped = device.launch('dropout', { x: probabilities }, { ...p, size: squares(p) }).y;
    const context = device.launch('matmul', { a: dropped, b: value }, toColumns(1)).c;
    const logSumExp = await logSumExps(device, scores, probabilities, p.length);
    return { context, logSumExp: device.upload('f32', logSumExp) };
  },
  attentionBackward(device, { query, key, value, spans, dcontext }, p) {
    const { toSquares, toColumns, probabilities } = attentionParts(device, { query, key, spans }, p);
    const drop = (x: DeviceArray): DeviceArray => device.launch('dropout', { x }, { ...p, size: squares(p) }).y;
    const dprobabilities = drop(device.launch('matmul', { a: dcontext, b: value }, toSquares(1)).c);
    const size = { rows: p.batch * p.heads * p.length, columns: p.length };
    const { dx: dscores } = device.launch('softmaxBackward', { y: probabilities, dy: dprobabilities }, size);
    return {
      dquery: device.launch('matmul', { a: dscores, b: key }, toColumns(p.scale)).c,
      dkey: device.launch('matmul', { a: dscores, b: query }, toColumns(p.scale, true)).c,
      dvalue: device.launch('matmul', { a: drop(probabilities), b: dcontext }, toColumns(1, true)).c,
    };
  },
  async attentionAt(device, inputs, p) {
    const tokens = await tokensOf(device, inputs.tokens, p);
    const query = scattered(device, inputs.query, tokens, p);
    const { context, logSumExp } = await compositions.attention(device, { ...inputs, query }, p);
    const sums = await device.read(logSumExp);
    const found = Array.from({ length: p.heads }, (_, head) =>
      tokens.map((token) => sums[(Math.floor(token / p.length) * p.heads + head) * p.length + (token % p.length)]),
    );
    return { context: gathered(device, context, inputs.tokens, p), logSumExp: device.upload('f32', found.flat()) };
  },
  async attentionAtBackward(device, inputs, p) {
    const tokens = await tokensOf(device, inputs.tokens, p);
    const [query, dcontext] = [inputs.query, inputs.dcontext].map((rows) => scattered(device, rows, tokens, p));
    const { dquery, ...others } = await compositions.attentionBackward(device, { ...inputs, query, dcontext }, p);
    return { dquery: gathered(device, dquery, inputs.tokens, p), ...others };
  },
  attentionAtInput: (device, inputs, p) =>
    ofEachHead(device, inputs, p, (own, one) => compositions.attentionAt(device, own, one)),
  async lossScale(device, { scaling, squaredNorm }, { growth, backoff, interval }) {
    const [[scale = 0, good = 0, skipped = 0], [norm = 0]] = [
      await device.read(scaling),
      await device.read(squaredNorm),
    ];
    const finite = Number.isFinite(norm);
    const grows = finite && good + 1 >= interval;
    device.write(scaling, [
      scale * (finite ? (grows ? growth : 1) : backoff),
      finite && !grows ? good + 1 : 0,
      skipped + Number(!finite),
    ]);
    device.write(squaredNorm, [norm / scale ** 2]);
    return { inverseScale: device.upload('f32', [finite ? 1 / scale : 0]) };
  },
  adamwScaled: (device, arrays, p) => unlessSkipped(device, 'adamw', arrays, p),
  adamwStableScaled: (device, arrays, p) => unlessSkipped(device, 'adamwStable', arrays, p),
  lionScaled: (device, arrays, p) => unlessSkipped(device, 'lion', arrays, p),
  adamwRatioScaled,
};

/** The arrays of each layer, which lie one after another. */
async function layersOf(device: Device, array: DeviceArray, size: number, layers: number): Promise<DeviceArray[]> {
  const values = await device.read(array);
  return Array.from({ length: layers }, (_, i) => device.upload('f32', values.subarray(i * size, (i + 1) * size)));
}

async function linear(device: Device, { x, weight, bias }: Arrays, p: KernelParameters<'linear'>): Promise<Arrays> {
  const { rows, inputs: k, outputs: n, layers } = p;
  const product = matmulParameters({ m: rows, n, k, transposeB: true, a: { row: k }, b: { row: k }, c: { row: n } });
  const biases = await layersOf(device, bias, n, layers);
  const y: number[][] = [];
  for (const [i, b] of (await layersOf(device, weight, n * k, layers)).entries()) {
    const { c } = device.launch('matmul', { a: x, b }, product);
    const sum = device.launch('addBias', { x: c, bias: biases[i] }, { rows, columns: n }).y;
    y.push([...(await device.read(sum))]);
  }
  return { y: device.upload('f32', y.flat()) };
}

type Layered = KernelParameters<'linearInputGradient'>;

/** The sum over the layers is one product over all their outputs, with dy's rows and the weights' joined. */
async function inputGradient(device: Device, { dy, weight }: Arrays, p: Layered): Promise<{ dx: DeviceArray }> {
  const { rows, inputs: n, outputs, layers } = p;
  const k = layers * outputs;
  const values = await device.read(dy);
  const joined = Float64Array.from({ length: rows * k }, (_, i) => {
    const [row, column] = [Math.floor(i / k), i % k];
    return values[(Math.floor(column / outputs) * rows + row) * outputs + (column % outputs)];
  });
  const product = matmulParameters({ m: rows, n, k, a: { row: k }, b: { row: n }, c: { row: n } });
  return { dx: device.launch('matmul', { a: device.upload('f32', joined), b: weight }, product).c };
}

function geluDropout(device: Device, { x }: Arrays, p: KernelParameters<'geluDropout'>): { y: DeviceArray } {
  return device.launch('dropout', { x: device.launch('gelu', { x }, p).y }, p);
}

function geluDropoutBackward(
  device: Device,
  { x, dy }: Arrays,
  p: KernelParameters<'geluDropout'>,
): { dx: DeviceArray } {
  return device.launch('geluBackward', { x, dy: device.launch('dropout', { x: dy }, p).y }, p);
}

function dropoutAdd(device: Device, { x, residual }: Arrays, p: KernelParameters<'dropoutAdd'>): { y: DeviceArray } {
  return device.launch('add', { a: residual, b: device.launch('dropout', { x }, p).y }, p);
}

type Attention = KernelParameters<'attention'>;
type AttentionAt = KernelParameters<'attentionAt'>;

async function tokensOf(device: Device, tokens: DeviceArray, { queries }: AttentionAt): Promise<number[]> {
  return [...(await device.read(tokens))].slice(0, queries);
}

/** Scatters rows to their tokens; all other rows are 0. */
function scattered(device: Device, dy: DeviceArray, tokens: readonly number[], p: AttentionAt): DeviceArray {
  const [rows, columns] = [p.batch * p.length, p.heads * p.headSize];
  const sorted = sortByRow(Int32Array.from(tokens), rows);
  const [order, offsets] = [device.upload('i32', sorted.order), device.upload('i32', sorted.offsets)];
  return device.launch('scatterSum', { dy, order, offsets }, { rows, columns, count: p.queries }).dtable;
}

/** The rows of the tokens. */
function gathered(device: Device, table: DeviceArray, indices: DeviceArray, p: AttentionAt): DeviceArray {
  const [rows, columns, tableRows] = [p.queries, p.heads * p.headSize, p.batch * p.length];
  return device.launch('gather', { table, indices }, { rows, columns, tableRows }).y;
}

const squares = ({ batch, heads, length }: Attention): number => batch * heads * length * length;

function attentionParts(device: Device, { query, key, spans }: Arrays, p: Attention) {
  const products = headProducts('attention', [p.batch, p.length, p.heads * p.headSize], p.heads);
  const scores = device.launch('matmul', { a: query, b: key }, products.toSquares(p.scale)).c;
  const probabilities = device.launch('maskedSoftmax', { x: scores, spans }, p).y;
  return { ...products, scores, probabilities };
}

/** log of the sum of exp(scores): scores - log(probability) for a probability that is not too small; 0 for a row without any. */
async function logSumExps(
  device: Device,
  scores: DeviceArray,
  probabilities: DeviceArray,
  length: number,
): Promise<Float64Array> {
  const [score, probability] = [await device.read(scores), await device.read(probabilities)];
  return new Float64Array(score.length / length).map((_, row) => {
    let likeliest = row * length;
    for (let i = likeliest; i < (row + 1) * length; i++) if (probability[i] > probability[likeliest]) likeliest = i;
    return probability[likeliest] > 0 ? score[likeliest] - Math.log(probability[likeliest]) : 0;
  });
}
