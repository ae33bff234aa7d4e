import { Tape } from '../../autograd/tape.ts';
import { Bert } from '../../bert/Bert.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { contract } from '../../kernels/contract.ts';
import type { KernelName, Kernels } from '../../kernels/contract.ts';
import { createDevice } from '../../kernels/device.ts';
import type { Device } from '../../kernels/device.ts';
import { trainTable } from '../config/table/trainTable.ts';
import { openOptimizer } from '../optimizer/openOptimizer.ts';
import type { OptimizerChoice } from '../optimizer/openOptimizer.ts';
import { WeightAverage } from '../optimizer/weightAverage.ts';
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

/** What of a config's `train` decides what a step takes. */
export interface StepChoice extends OptimizerChoice {
  readonly recompute: Recompute;
  /** Above 0 for an average of the weights. */
  readonly ema: number;
}

/** The defaults of a config: AdamW. */
export const STANDARD: StepChoice = trainTable.parse({});

/** Traces one step, with every fused kernel, and counts without computing anything. */
export function dryRun(options: ModelOptions, batch: MaskedInput, choice = STANDARD): StepCost {
  const counted: Counted = { flops: 0, launches: 0, bytes: 0 };
  const device = countingDevice(counted);
  const model = new Bert(options).to(device, false);
  const optimizer = openOptimizer(device, model.parameters, choice);
  const average = choice.ema > 0 ? new WeightAverage(device, model.parameters, choice.ema) : undefined;
  const parameterMemory = device.memory.live;
  const tape = new Tape(device, { recompute: choice.recompute === 'blocks' });
  tape.backward(model.loss(tape, batch));
  void optimizer.step(0);
  average?.update(1);
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
