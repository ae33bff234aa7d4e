#!/usr/bin/env bash
# gpu.js ends a loop after 1000 rounds, without a warning, if the bound is an argument of the kernel. A bound that is a
# constant of the kernel is respected. `loopMaxIterations` raises the limit.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional gpu.js@2.24.1

cat >count.mjs <<'END'
import { GPU } from 'gpu.js';

const byArgument = function (n) { let s = 0; for (let i = 0; i < n; i++) s += 1; return s; };
const byConstant = function () { let s = 0; for (let i = 0; i < this.constants.n; i++) s += 1; return s; };
let same = true;
for (const mode of ['cpu', 'webasm'])
  for (const [name, body, options, given, seen] of [
    ['bound by an argument', byArgument, {}, [5000], 1000],
    ['bound by a constant', byConstant, { constants: { n: 5000 } }, [], 5000],
    ['bound by an argument, loopMaxIterations 10000', byArgument, { loopMaxIterations: 10000 }, [5000], 5000],
  ]) {
    const [rounds] = new GPU({ mode }).createKernel(body, { output: [1], ...options })(...given);
    console.log(`gpu.js 2.24.1, ${mode}, ${name}: ${rounds} of 5000 rounds`);
    same &&= rounds === seen;
  }
process.exitCode = same ? 0 : 1;
END
node count.mjs
