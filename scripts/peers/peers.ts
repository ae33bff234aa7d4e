/** A program that trains the benchmark's model and prints one line of JSON. */
export interface Peer {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
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
const torch = ['/usr/bin/python3', 'scripts/peers/pytorch.py'] as const;
/** Debian's other OpenBLAS has its own threads, which compete with PyTorch's. */
export const openMp = { LD_LIBRARY_PATH: '/usr/lib/x86_64-linux-gnu/openblas-openmp' };
const once = { slow: true, warmup: 0, steps: 1 } as const;

/** A Node of npm's, of a version whose V8 computes in vectors of 256 bits; as `needs`, the package that brings it. */
const platform = process.platform === 'win32' ? 'win' : process.platform;
export const NEWER_NODE = { package: `node-${platform}-${process.arch}`, version: '26.9.0' };
const newer = `.peers/node_modules/${NEWER_NODE.package}/bin/node`;

const cuda = ['python3', 'scripts/peers/pytorch.py', '--device', 'cuda'] as const;

export const peers: readonly Peer[] = [
  { name: 'Bertrand, WebGPU, f32', command: [...ours, '--device', 'webgpu'], gpu: true },
  { name: 'Bertrand, WebGPU, f16', command: [...ours, '--device', 'webgpu', '--precision', 'f16'], gpu: true },
  { name: 'PyTorch, CUDA, f32', command: cuda, gpu: true },
  { name: 'PyTorch, CUDA, f16', command: [...cuda, '--autocast'], gpu: true },
  { name: 'Bertrand', command: ours },
  { name: 'Bertrand, BLAS', command: [...ours, '--products', 'blas'] },
  { name: 'Bertrand, WebAssembly', command: [...ours, '--products', 'wasm'] },
  {
    name: 'Bertrand, WebAssembly, Node 26',
    command: [newer, 'scripts/peers/bertrand.mjs', '--products', 'wasm'],
    needs: NEWER_NODE.package,
  },
  { name: 'PyTorch, 2 threads', command: [...torch, '--threads', '2'], environment: openMp },
  { name: 'PyTorch, 1 thread', command: [...torch, '--threads', '1'], environment: openMp },
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
