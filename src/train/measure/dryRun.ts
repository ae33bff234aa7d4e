import { Tape } from '../../autograd/tape.ts';
import { Bert } from '../../bert/Bert.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { contract } from '../../kernels/contract.ts';
import type { KernelName, Kernels } from '../../kernels/contract.ts';
import { createDevice } from '../../kernels/device.ts';
import type { Device } from '../../kernels/device.ts';
import { AdamW } from '../optimizer/adamw.ts';
import type { Recompute } from '../step.ts';
import { bytesOf, flopsOf } from '../../kernels/cost.ts';

/** What one training step costs a device. */
export interface StepCost {
  /** Multiplications and additions in matrix products. */
  readonly flops: number;
  /** Kernels started. */
  readonly launches: number;
  /** Read and written by kernels. */
  readonly bytes: number;
  /** Bytes of weights, gradients and optimizer state. */
  readonly parameterMemory: number;
  /** Bytes at the fullest moment, the above included. */
  readonly peakMemory: number;
}

type Counted = { flops: number; launches: number; bytes: number };

/** Traces one step, with every fused kernel, and counts without computing anything. */
export function dryRun(options: ModelOptions, batch: MaskedInput, recompute: Recompute = 'none'): StepCost {
  const counted: Counted = { flops: 0, launches: 0, bytes: 0 };
  const device = countingDevice(counted);
  const model = new Bert(options).to(device, false);
  const optimizer = new AdamW(device, model.parameters, { betas: [0, 0], epsilon: 1, weightDecay: 0, clipNorm: 0 });
  const parameterMemory = device.memory.live;
  const tape = new Tape(device, { recompute: recompute === 'blocks' });
  tape.backward(model.loss(tape, batch));
  void optimizer.step(0);
  return { ...counted, parameterMemory, peakMemory: device.memory.peak };
}

type Nothing = { f32: object; i32: object; f16: object };

/** A device whose kernels only count themselves. */
function countingDevice(counted: Counted): Device {
  const count = (kernel: KernelName) => (_: unknown, parameters: Record<string, number>) => {
    counted.launches += 1;
    counted.bytes += bytesOf(kernel, parameters as never, () => 4);
    counted.flops += flopsOf(kernel, parameters as never);
  };
  const names = Object.keys(contract) as KernelName[];
  return createDevice<Nothing>({
    name: 'cpu',
    description: 'counts and computes nothing',
    elementBytes: 4,
    viewAlignment: 16,
    kernels: Object.fromEntries(names.map((name) => [name, count(name)])) as unknown as Kernels<Nothing>,
    allocate: () => ({}),
    release: () => {},
    view: () => ({}),
    write: () => {},
    clear: () => {},
    read: (_type, _handle, size) => Promise.resolve(new Float32Array(size)),
    close: () => Promise.resolve(),
  });
}
