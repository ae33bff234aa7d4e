#!/usr/bin/env bash
# TensorFlow.js on WebAssembly runs tf.gather but cannot differentiate it: its gradient needs a kernel that this backend
# lacks, so an embedding cannot be trained. A custom gradient with tf.scatterND, which adds up duplicates, works.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

cat >gather.cjs <<'END'
const tf = require('@tensorflow/tfjs');
const { setWasmPaths, version_wasm } = require('@tensorflow/tfjs-backend-wasm');

(async () => {
  console.warn = () => {};
  setWasmPaths(require.resolve('@tensorflow/tfjs-backend-wasm').replace(/[^/]*$/, ''));
  await tf.ready();
  const rows = tf.tensor1d([2, 0, 2], 'int32');
  const byScatter = tf.customGrad((table) => ({
    value: tf.gather(table, rows),
    gradFunc: (dy) => tf.scatterND(tf.expandDims(rows, 1), dy, table.shape),
  }));
  const gradient = async (gather) => {
    try {
      return (await tf.grad((table) => tf.sum(gather(table)))(tf.ones([4, 1])).data()).join(' ');
    } catch (error) {
      return error.message;
    }
  };
  const seen = [];
  for (const [backend, name, gather] of [
    ['cpu', 'tf.gather', (table) => tf.gather(table, rows)],
    ['wasm', 'tf.gather', (table) => tf.gather(table, rows)],
    ['wasm', 'custom gradient', byScatter],
  ]) {
    await tf.setBackend(backend);
    seen.push(await gradient(gather));
    console.log(`TensorFlow.js ${version_wasm}, ${backend}, ${name}: ${seen.at(-1)}`);
  }
  const expected = ['1 0 2 0', "Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'", '1 0 2 0'];
  process.exitCode = seen.join('|') === expected.join('|') ? 0 : 1;
})();
END
node gather.cjs
