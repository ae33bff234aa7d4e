#!/usr/bin/env bash
# In gpu.js's cpu mode, `dynamicArguments: true` makes kernels read a two-dimensional `input(...)` with the width of the
# kernel's OUTPUT instead of its own: wrong numbers, no error. Without the option, or in WebAssembly, it is correct.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional gpu.js@2.24.1

cat >corner.mjs <<'END'
import { GPU, input } from 'gpu.js';

/** The 2 x 2 corner of a 3 x 3 matrix whose rows are 0 1 2, 3 4 5, 6 7 8. */
const corner = (mode, dynamicArguments) => {
  const body = function (x) { return x[this.thread.y][this.thread.x]; };
  const kernel = new GPU({ mode }).createKernel(body, { output: [2, 2], dynamicArguments });
  const rows = kernel(input(Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8), [3, 3]));
  return rows.map((row) => [...row].join(' ')).join(', ');
};
let same = true;
for (const [mode, dynamic, seen] of [
  ['cpu', false, '0 1, 3 4'],
  ['cpu', true, '0 1, 2 3'],
  ['webasm', true, '0 1, 3 4'],
]) {
  const rows = corner(mode, dynamic);
  console.log(`gpu.js 2.24.1, ${mode}, dynamicArguments ${dynamic}: rows ${rows} (correct: 0 1, 3 4)`);
  same &&= rows === seen;
}
process.exitCode = same ? 0 : 1;
END
node corner.mjs
