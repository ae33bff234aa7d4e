#!/usr/bin/env bash
# TensorFlow.js on WebAssembly: tf.matMul(a, b, false, true) takes about ten times as long as transposing b and
# multiplying, and tf.matMul(a, b, true) about twenty times. The gradients of matMul use exactly these two.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @tensorflow/tfjs@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0

cat >time.cjs <<'END'
const tf = require('@tensorflow/tfjs');
const { setWasmPaths, version_wasm } = require('@tensorflow/tfjs-backend-wasm');

(async () => {
  console.warn = () => {};
  setWasmPaths(require.resolve('@tensorflow/tfjs-backend-wasm').replace(/[^/]*$/, ''));
  await tf.setBackend('wasm');
  const [a, b] = [tf.randomNormal([512, 512]), tf.randomNormal([512, 512])];
  const least = async (product) => {
    const times = [];
    for (let i = 0; i < 7; i++) {
      const start = performance.now();
      const c = tf.tidy(product);
      await c.data();
      times.push(performance.now() - start);
      c.dispose();
    }
    return Math.min(...times);
  };
  let same = true;
  for (const [name, flagged, written] of [
    ["a b'", () => tf.matMul(a, b, false, true), () => tf.matMul(a, tf.transpose(b))],
    ["a' b", () => tf.matMul(a, b, true, false), () => tf.matMul(tf.transpose(a), b)],
  ]) {
    const [slow, fast] = [await least(flagged), await least(written)];
    const times = `${slow.toFixed(0)} ms by flag, ${fast.toFixed(0)} ms by tf.transpose`;
    console.log(`tfjs-backend-wasm ${version_wasm}, ${name} of 512 x 512: ${times}, ${(slow / fast).toFixed(1)} times`);
    same &&= slow > 4 * fast;
  }
  process.exitCode = same ? 0 : 1;
})();
END
node time.cjs
