import { availableParallelism } from 'node:os';
import { commandFor } from './torch/found.ts';
import type { Torch } from './torch/found.ts';

/** A program that trains the benchmark's model and prints one line of JSON. */
export interface Peer {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Arguments of which each is tried in the first round; the fastest then stands for all. */
  readonly variants?: readonly (readonly string[])[];
  /** Which package of .peers/ it is made with. */
  readonly needs?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A step takes minutes: only with --slow. */
  readonly slow?: true;
  /** Needs a GPU: only with --gpu, and then it is the only kind. */
  readonly gpu?: true;
  readonly warmup?: number;
  readonly steps?: number;
}

const ours = ['node', 'scripts/peers/bertrand.mjs'] as const;
const once = { slow: true, warmup: 0, steps: 1 } as const;

/** A Node of npm's, of a version whose V8 computes in vectors of 256 bits; as `needs`, the package that brings it. */
const platform = process.platform === 'win32' ? 'win' : process.platform;
export const NEWER_NODE = { package: `node-${platform}-${process.arch}`, version: '26.9.0' };
const newer = `.peers/node_modules/${NEWER_NODE.package}/bin/node`;
const newerOurs = [newer, 'scripts/peers/bertrand.mjs'] as const;

const cuda = ['python3', 'scripts/peers/torch/pytorch.py', '--device', 'cuda'] as const;

/** Whose speed the ratios are of. */
export const BASE = 'PyTorch, f32';

const THREADS = String(availableParallelism());

/** What a PyTorch may be run with: attention of its own from 2.1 on, and compiled. */
function variantsOf({ version }: Torch): string[][] {
  if (version.startsWith('1.') || version.startsWith('2.0')) return [[]];
  return [[], ['--sdpa'], ['--sdpa', '--compile']];
}

const torchPeer = (name: string, torch: Torch, ...args: string[]): Peer => ({
  name,
  command: [...commandFor(torch, 'pytorch.py'), ...args],
  environment: torch.environment,
  variants: variantsOf(torch),
});

/** The best of a PyTorch on a processor, without and with its autocast. */
export const torchPeers = (torch: Torch): Peer[] => [
  torchPeer(BASE, torch, '--threads', THREADS),
  torchPeer('PyTorch, bf16', torch, '--threads', THREADS, '--autocast', 'bfloat16'),
  torchPeer('PyTorch, f32, 1 thread', torch, '--threads', '1'),
];

export const peers: readonly Peer[] = [
  { name: 'Bertrand, WebGPU, f32', command: [...ours, '--device', 'webgpu'], gpu: true },
  { name: 'Bertrand, WebGPU, f16', command: [...ours, '--device', 'webgpu', '--precision', 'f16'], gpu: true },
  { name: 'PyTorch, CUDA, f32', command: cuda, gpu: true },
  { name: 'PyTorch, CUDA, f16', command: [...cuda, '--autocast', 'float16'], gpu: true },
  { name: 'Bertrand, f32', command: ours },
  { name: 'Bertrand, f32, Node 26', command: newerOurs, needs: NEWER_NODE.package },
  { name: 'Bertrand, bf16', command: [...ours, '--precision', 'bf16'] },
  { name: 'Bertrand, bf16, Node 26', command: [...newerOurs, '--precision', 'bf16'], needs: NEWER_NODE.package },
  { name: 'Bertrand, f32, without AMX', command: [...ours, '--products', 'native'] },
  { name: 'Bertrand, f32, BLAS', command: [...ours, '--products', 'blas'] },
  { name: 'Bertrand, f32, WebAssembly', command: [...ours, '--products', 'wasm'] },
  {
    name: 'Bertrand, f32, WebAssembly, Node 26',
    command: [...newerOurs, '--products', 'wasm'],
    needs: NEWER_NODE.package,
  },
  {
    name: 'jax-js, WebAssembly, 2 workers',
    command: ['node', 'scripts/peers/jax.mjs', '--workers', '2'],
    needs: '@jax-js/jax',
  },
  {
    name: 'jax-js, WebAssembly, 2 workers, Node 26',
    command: [newer, 'scripts/peers/jax.mjs', '--workers', '2'],
    needs: NEWER_NODE.package,
  },
  {
    name: 'TensorFlow.js, WebAssembly',
    command: ['node', 'scripts/peers/tensorflow.mjs'],
    needs: '@tensorflow/tfjs-backend-wasm',
  },
  {
    name: 'jax-js, WebGPU',
    command: ['node', 'scripts/peers/jax.mjs', '--backend', 'webgpu'],
    needs: '@jax-js/jax',
    slow: true,
  },
  {
    name: 'TensorFlow.js, WebGPU',
    command: ['node', 'scripts/peers/tensorflow.mjs', '--backend', 'webgpu'],
    needs: '@tensorflow/tfjs-backend-webgpu',
    slow: true,
  },
  {
    name: 'TensorFlow.js, JavaScript',
    command: ['node', 'scripts/peers/tensorflow.mjs', '--backend', 'cpu'],
    needs: '@tensorflow/tfjs',
    ...once,
  },
  {
    name: 'js-pytorch',
    command: ['node', '--max-old-space-size=16000', 'scripts/peers/js-pytorch.mjs'],
    needs: 'js-pytorch',
    ...once,
  },
];
