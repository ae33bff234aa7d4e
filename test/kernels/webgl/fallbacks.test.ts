import { test } from 'uvu';
import { conformance, gradients, losses, modernLosses, wrongInMask } from './checks.ts';
import { expectAll } from './expectations.ts';
import type { Call } from './expectations.ts';
import { loadGpuJs } from '../../../src/kernels/webgl/engine/library.ts';

const { HeadlessGLKernel } = await loadGpuJs();

const checks = { conformance, gradients, losses, modernLosses, wrongInMask };

/** In Node: gpu.js's own WebAssembly and JavaScript, and headless-gl if it is installed. */
for (const mode of ['webasm', 'cpu', ...(HeadlessGLKernel.isSupported ? (['headlessgl'] as const) : [])] as const)
  expectAll(mode, ((name) => checks[name](mode)) as Call);

test.run();
