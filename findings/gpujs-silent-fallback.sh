#!/usr/bin/env bash
# Without any GPU or GL, gpu.js's `new GPU({ mode: 'gpu' })` does not throw: `GPU.isGPUSupported` and `gpu.mode` still
# report a GPU, and the kernel is WebAssembly on the CPU. Only the class of the built kernel reveals this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# Without optional dependencies there is no headless-gl, hence no GL in Node.
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional gpu.js@2.24.1

cat >mode.mjs <<'END'
import { GPU } from 'gpu.js';

const gpu = new GPU({ mode: 'gpu' });
const twice = gpu.createKernel(function (x) { return 2 * x[this.thread.x]; }, { output: [2] });
twice([1, 2]);
const { isWebGLSupported, isHeadlessGLSupported, isGPUSupported } = GPU;
const seen = [isWebGLSupported, isHeadlessGLSupported, isGPUSupported, gpu.mode, twice.kernel.constructor.name];
console.log('gpu.js 2.24.1: WebGL %s, headless-gl %s, isGPUSupported %s, mode %s, kernel %s', ...seen);
process.exitCode = seen.join() === 'false,false,true,gpu,WebAssemblyKernel' ? 0 : 1;
END
node mode.mjs
