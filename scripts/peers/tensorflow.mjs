/** The benchmark's BERT in TensorFlow.js; `--backend cpu|wasm|webgpu`. Run by scripts/bench-peers.ts. */
import { backend, load, measure, require, work } from './measure.mjs';
import { createWeights } from './weights.mjs';

console.warn = () => {}; // advice to use the native package
if (backend === 'webgpu') {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals, { window: globalThis, self: globalThis });
  Object.defineProperty(globalThis, 'navigator', { value: { gpu: create([]), userAgent: 'node' }, configurable: true });
}
const tf = require('@tensorflow/tfjs');
if (backend === 'wasm') {
  const path = require.resolve('@tensorflow/tfjs-backend-wasm');
  (await load('@tensorflow/tfjs-backend-wasm')).default.setWasmPaths(path.replace(/[^/]*$/, ''));
}
if (backend === 'webgpu') await load('@tensorflow/tfjs-backend-webgpu');
if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend} here`);

const { vocabSize, length, rows, embeddingSize, heads, dropout, optimizer } = work;
const headSize = embeddingSize / heads;
const variables = [];
const model = createWeights((values, shape) => {
  variables.push(tf.variable(tf.tensor(values, shape)));
  return variables.at(-1);
});

/** The wasm backend multiplies transposed operands, which the library's own gradient asks for, some thirty times slower than plain ones. */
const multiply = tf.customGrad((a, b, save) => {
  save([a, b]);
  return {
    value: tf.matMul(a, b),
    gradFunc: (dy, [a, b]) => [tf.matMul(dy, tf.transpose(b)), tf.matMul(tf.transpose(a), dy)],
  };
});
/** The library's own gradient of gather does not exist on wasm. */
const rowsOf = (table, indices) =>
  tf.customGrad((table) => ({
    value: tf.gather(table, indices),
    gradFunc: (dy) => tf.scatterND(tf.expandDims(indices, 1), dy, table.shape),
  }))(table);
const apply = (x, { weight, bias }) => tf.add(multiply(x, weight), bias);
const drop = (x) => tf.dropout(x, dropout);
const gelu = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
function normalise(x, { gamma, beta }) {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-12))), gamma), beta);
}
const split = (x) => tf.transpose(tf.reshape(x, [rows, length, heads, headSize]), [0, 2, 1, 3]);
const merge = (x) => tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [rows * length, embeddingSize]);

const ids = tf.tensor1d(work.ids, 'int32');
const positions = tf.tensor1d(work.positions, 'int32');
const labels = tf.oneHot(tf.tensor1d(work.labels, 'int32'), vocabSize);

function loss() {
  const embedded = tf.add(tf.reshape(rowsOf(model.token, ids), [rows, length, embeddingSize]), model.position);
  const sum = tf.add(embedded, tf.slice(model.segment, [0, 0], [1, embeddingSize]));
  let x = tf.reshape(drop(normalise(sum, model.embeddingNorm)), [rows * length, embeddingSize]);
  for (const block of model.blocks) {
    const input = normalise(x, block.LN1);
    const [query, key, value] = [block.query, block.key, block.value].map((LL) => split(apply(input, LL)));
    const scores = tf.mul(tf.matMul(query, key, false, true), headSize ** -0.5);
    const context = merge(tf.matMul(drop(tf.softmax(scores)), value));
    x = tf.add(x, drop(apply(context, block.output)));
    x = tf.add(x, drop(apply(gelu(apply(normalise(x, block.LN2), block.LL1)), block.LL2)));
  }
  const logits = apply(rowsOf(normalise(x, model.finalNorm), positions), model.decoder);
  return tf.div(tf.sum(tf.mul(tf.logSoftmax(logits), labels)), -work.labels.length);
}

const { learningRate, betas, epsilon, weightDecay } = optimizer;
const adam = tf.train.adam(learningRate, ...betas, epsilon);
const queue = tf.backend().device?.queue;

await measure(`TensorFlow.js ${tf.version.tfjs}, ${backend}`, async () => {
  const { value, grads } = tf.variableGrads(loss, variables);
  tf.tidy(() => {
    for (const weights of variables) weights.assign(tf.mul(weights, 1 - learningRate * weightDecay));
    adam.applyGradients(grads);
  });
  const [number] = await value.data();
  await queue?.onSubmittedWorkDone();
  tf.dispose([value, grads]);
  return number;
});
