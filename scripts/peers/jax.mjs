/**
 * The benchmark's BERT in jax-js, the whole step under jit; `--backend wasm|webgpu [--workers N]`. Run by scripts/bench-peers.ts.
 * An array of jax-js is used up by the first operation that takes it; `.ref` keeps it for one more.
 */
import { backend, load, measure, work, workers } from './measure.mjs';
import { createWeights } from './weights.mjs';

if (workers > 0) (await import('./browserWorkers.mjs')).install(workers);
if (backend === 'webgpu') {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]), userAgent: 'node' }, configurable: true });
}
const jax = await load('@jax-js/jax');
const { jit, nn, numpy: np, random, tree, valueAndGrad } = jax;
if (!(await jax.init(backend)).includes(backend)) throw new Error(`jax-js has no ${backend} here`);
jax.defaultDevice(backend);

const { vocabSize, length, rows, layers, embeddingSize, heads, dropout, optimizer } = work;
const [tokens, masked, headSize] = [rows * length, work.labels.length, embeddingSize / heads];
let weights = createWeights((values, shape) => np.array(values, { shape }));
const zeros = () => tree.map((x) => np.zeros(x.shape), tree.ref(weights));
let [first, second] = [zeros(), zeros()];

const apply = (x, { weight, bias }) => np.matmul(x, weight).add(bias);
function normalise(x, { gamma, beta }) {
  const centred = x.ref.sub(x.mean(-1, { keepdims: true }));
  const variance = np.square(centred.ref).mean(-1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(1e-12)))
    .mul(gamma)
    .add(beta);
}
/** The factor is there because jit cannot scatter a gradient that comes straight from a product. */
const rowsOf = (table, indices) => np.take(table, indices, 0).mul(1.0000001);
const split = (x) => x.reshape([rows, length, heads, headSize]).transpose([0, 2, 1, 3]);
const merge = (x) => x.transpose([0, 2, 1, 3]).reshape([tokens, embeddingSize]);

function lossOf(model, keys, ids, positions, labels) {
  let draws = 0;
  const drop = (x) => {
    const keep = random.bernoulli(keys.ref.slice(draws++), 1 - dropout, x.shape);
    return np.where(keep, x.mul(1 / (1 - dropout)), 0);
  };
  const embedded = rowsOf(model.token, ids).reshape([rows, length, embeddingSize]).add(model.position);
  let x = drop(normalise(embedded.add(model.segment.slice(0)), model.embeddingNorm)).reshape([tokens, embeddingSize]);
  for (const block of model.blocks) {
    const input = normalise(x.ref, block.LN1);
    const [query, key] = [block.query, block.key].map((LL) => split(apply(input.ref, LL)));
    const value = split(apply(input, block.value));
    const scores = np.matmul(query, key.transpose([0, 1, 3, 2])).mul(headSize ** -0.5);
    const context = merge(np.matmul(drop(nn.softmax(scores, -1)), value));
    x = x.add(drop(apply(context, block.output)));
    const hidden = nn.gelu(apply(normalise(x.ref, block.LN2), block.LL1), { approximate: false });
    x = x.add(drop(apply(hidden, block.LL2)));
  }
  keys.dispose();
  const logits = apply(rowsOf(normalise(x, model.finalNorm), positions), model.decoder);
  // Not nn.oneHot, which makes the identity of the vocabulary's size under jit.
  const isLabel = np.equal(labels.reshape([masked, 1]), np.arange(vocabSize).astype(np.int32).reshape([1, vocabSize]));
  return np
    .where(isLabel, nn.logSoftmax(logits, -1), 0)
    .sum()
    .mul(-1 / masked);
}

const { learningRate, betas, epsilon, weightDecay } = optimizer;
/** AdamW for one array. */
function update(weight, first, second, gradient, corrections) {
  const newFirst = first.mul(betas[0]).add(gradient.ref.mul(1 - betas[0]));
  const newSecond = second.mul(betas[1]).add(np.square(gradient).mul(1 - betas[1]));
  const [a, b] = corrections.map((correction) => correction.ref);
  const direction = newFirst.ref.mul(a).div(np.sqrt(newSecond.ref.mul(b)).add(epsilon));
  return [weight.mul(1 - learningRate * weightDecay).sub(direction.mul(learningRate)), newFirst, newSecond];
}

const withGradient = valueAndGrad(lossOf);
const step = jit((weights, first, second, seed, correction1, correction2, ids, positions, labels) => {
  const keys = random.split(random.key(seed), 1 + 3 * layers);
  const [loss, gradients] = withGradient(tree.ref(weights), keys, ids, positions, labels);
  const [leaves, shape] = tree.flatten(weights);
  const [firsts, seconds, slopes] = [first, second, gradients].map((state) => tree.flatten(state)[0]);
  const updated = leaves.map((leaf, i) => update(leaf, firsts[i], seconds[i], slopes[i], [correction1, correction2]));
  for (const correction of [correction1, correction2]) correction.dispose();
  return [
    loss,
    ...[0, 1, 2].map((part) =>
      tree.unflatten(
        shape,
        updated.map((parts) => parts[part]),
      ),
    ),
  ];
});

const [ids, positions, labels] = [work.ids, work.positions, work.labels].map((values) =>
  np.array(Int32Array.from(values), { dtype: np.int32 }),
);
let steps = 0;
await measure(`jax-js, ${backend}${workers > 0 ? `, ${workers} workers` : ''}`, async () => {
  steps += 1;
  const corrections = betas.map((beta) => np.array(1 / (1 - beta ** steps)));
  const seed = np.array(steps, { dtype: np.uint32 });
  const result = step(weights, first, second, seed, ...corrections, ids.ref, positions.ref, labels.ref);
  [, weights, first, second] = result;
  const [loss] = await result[0].data();
  await jax.blockUntilReady([weights, first, second]);
  return loss;
});
