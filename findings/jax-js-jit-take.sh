#!/usr/bin/env bash
# jax-js: the gradient of np.take directly followed by a matrix product works eagerly but throws under jit. Any
# elementwise operation between the two, even a factor of 1.0000001, makes it compile.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @jax-js/jax@0.1.25

cat >take.mjs <<'END'
import { defaultDevice, grad, init, jit, numpy as np } from '@jax-js/jax';

await init('wasm');
defaultDevice('wasm');
const rows = () => np.array(Int32Array.of(2, 0, 2), { dtype: np.int32 });
const table = () => np.array(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), { shape: [4, 2] });
const weight = () => np.array(Float32Array.of(1, 2, 3, 4, 5, 6), { shape: [2, 3] });
const plain = (table, rows, weight) => np.matmul(np.take(table, rows, 0), weight).sum();
const factor = (table, rows, weight) => np.matmul(np.take(table, rows, 0).mul(1.0000001), weight).sum();

const seen = [];
for (const [name, run] of [
  ['eager, take then matmul', grad(plain)],
  ['jit, take then matmul', jit(grad(plain))],
  ['jit, take, factor, matmul', jit(grad(factor))],
]) {
  try {
    seen.push([...(await run(table(), rows(), weight()).data())].map(Math.round).join(' '));
  } catch (error) {
    seen.push(error.message);
  }
  console.log(`jax-js 0.1.25, ${name}: ${seen.at(-1)}`);
}
const gradient = '6 15 0 0 12 30 0 0';
process.exitCode = seen[0] === gradient && seen[1].includes('scatter') && seen[2] === gradient ? 0 : 1;
END
node take.mjs
