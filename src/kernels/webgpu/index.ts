import type { Backend } from '../backend.ts';
import { createDevice } from '../device.ts';
import type { Device } from '../device.ts';
import { isNode } from '../platform.ts';
import { requestAdapter } from './engine/adapter/adapter.ts';
import type { Adapter, NullBackend } from './engine/adapter/adapter.ts';
import { VIEW_ALIGNMENT, viewOf } from './engine/buffers.ts';
import type { GpuHandles } from './engine/buffers.ts';
import { Failure } from './engine/failure.ts';
import { gpuKernels } from './kernels.ts';
import { attentionTexts } from './kernels/attention/attentionTexts.ts';
import { attentionWorks } from './kernels/attention/attentionTrial.ts';
import { halvesWork } from './kernels/halfTrial.ts';
import type { MatrixUnit } from './kernels/matmul/matrixTile.ts';
import { plainProducts } from './kernels/matmul/matmulShader.ts';
import type { OnCompile } from './engine/order.ts';
import { Queue } from './engine/queue.ts';
import { MATRIX_FEATURE, SIZE_FEATURE, matricesOf, matrixProducts } from './kernels/matmul/subgroupMatrix.ts';
import type { Matrices } from './kernels/matmul/subgroupMatrix.ts';
import { triedMatrices } from './kernels/matmul/matrixTrial.ts';
import { traitsOf } from './engine/traits.ts';
import { FEATURES, brokenHalves, expectHalves, requestDevice } from './engine/adapter/requestDevice.ts';
import { Tuner } from './engine/tuner/tuner.ts';
import type { TuningStore } from './engine/tuner/tuner.ts';

export interface WebGpuOptions {
  /** Whether to refuse a software adapter (default false). */
  readonly hardware?: boolean;
  /** The type of activations and matmul operands; f32 by default. */
  readonly precision?: 'f32' | 'f16';
  /** Whether row kernels may use subgroup operations if the adapter has them (default true). */
  readonly subgroups?: boolean;
  /** Dawn's backend that executes nothing, to time the host's work; array contents are then meaningless. */
  readonly backend?: NullBackend;
  /** Hears how many of the shaders that a step waits for are compiled. */
  readonly onCompile?: OnCompile;
}

/** The store of the tuner's choices: only in Node, and only for hardware adapters. */
async function tuningStore(
  { software, identity }: Adapter,
  matrices: Matrices | undefined,
  attentionUnit: MatrixUnit | undefined,
): Promise<TuningStore | undefined> {
  if (software || !isNode()) return undefined;
  return (await import('./engine/tuner/tuningFile.node.ts')).tuningFile(identity, [
    ...plainProducts(),
    ...(matrices ? matrixProducts(matrices) : []),
    ...attentionTexts(attentionUnit),
  ]);
}

function describe(
  matrices: Matrices | undefined,
  trusted: Matrices | undefined,
  attentionUnit: MatrixUnit | undefined,
): string[] {
  if (!matrices) return [];
  const failed = !trusted ? ' (unused: they fail their self-test)' : !attentionUnit ? ' (not for attention: it fails its self-test)' : ''; // prettier-ignore
  const { operand, m, n, k } = matrices.unit;
  return [`subgroup matrices of ${m} x ${n} x ${k} in ${operand}${failed}`];
}

/** Open devices, kept because Dawn crashes the process if one of its objects is garbage-collected while in use. */
const alive = new Set<{ adapter: Adapter; device: GPUDevice }>();

/**
 * Opens the GPU as a device: WGSL through Dawn in Node and navigator.gpu in browsers.
 * Throws a BertrandError that says what is missing and how to get it. GPU errors are thrown at the next call, those of the
 * last kernels at the next read.
 */
export async function openWebGpu({
  hardware = false,
  precision = 'f32',
  subgroups = true,
  backend,
  onCompile,
}: WebGpuOptions = {}): Promise<Device> {
  const adapter = await requestAdapter(hardware, backend);
  if (precision === 'f16') expectHalves(adapter);
  const device = await requestDevice(adapter, [MATRIX_FEATURE, SIZE_FEATURE]);
  const entry = { adapter, device };
  alive.add(entry);
  const failure = new Failure(device);
  const queue = new Queue(device, failure, onCompile);
  const close = async (): Promise<void> => {
    failure.expectEnd();
    await queue.end(); // Dawn must not lose a device while it compiles for it
    device.destroy();
    alive.delete(entry);
  };
  const matrices = matricesOf(adapter, device, precision);
  let trusted: typeof matrices;
  let attentionUnit: MatrixUnit | undefined;
  let kernels: ReturnType<typeof gpuKernels>;
  try {
    if (matrices) trusted = await triedMatrices(device, matrices);
    // Trials compile every tile. On a processor that takes longer than it saves, and the null backend's times are all 0.
    const trials = adapter.software ? { ...queue.trials, ready: false } : queue.trials;
    const traits = await traitsOf(adapter, device, queue, subgroups);
    if (trusted && (await attentionWorks(device, trusted.unit, traits))) attentionUnit = trusted.unit;
    const tuner = new Tuner(trials, await tuningStore(adapter, trusted, attentionUnit));
    kernels = gpuKernels(queue, traits, tuner, trusted, attentionUnit);
    if (precision === 'f16' && backend !== 'null' && !(await halvesWork(queue, kernels))) throw brokenHalves(adapter);
  } catch (error) {
    await close();
    throw error;
  }
  const features = [
    ...FEATURES.filter((feature) => device.features.has(feature)),
    ...describe(matrices, trusted, attentionUnit),
  ];
  const description = [`${adapter.name}${adapter.software ? ' (on the processor)' : ''}`, ...features].join(', ');
  return deviceOn(queue, { description, real: precision, kernels, close });
}

/** A device of the kernels on a queue. */
export function deviceOn(
  queue: Queue,
  own: Pick<Backend<GpuHandles>, 'description' | 'real' | 'kernels' | 'close'>,
): Device {
  return createDevice<GpuHandles>({
    ...own,
    name: 'webgpu',
    elementBytes: 4,
    viewAlignment: VIEW_ALIGNMENT,
    largestArray: queue.largestArray,
    ...(queue.timer && { timer: queue.timer }),
    moved: () => queue.moved,
    allocate: (type, size) => queue.allocate(type, size),
    release: (_, array) => queue.release(array),
    view: (_, array, offset, size) => viewOf(array, offset, size),
    write: (_, array, data) => queue.write(array, data),
    clear: (_, array) => queue.clear(array),
    read: (_, array, size) => queue.read(array, size),
  });
}
