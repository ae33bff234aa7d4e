import { Tape } from '../../autograd/tape.ts';
import { Bert } from '../../bert/Bert.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import type { ModelOptions } from '../../bert/options.ts';
import type { Precision } from '../../kernels/choose.ts';
import { contract } from '../../kernels/contract.ts';
import type { ArrayType, KernelName, Kernels } from '../../kernels/contract.ts';
import { createDevice } from '../../kernels/device.ts';
import type { Device } from '../../kernels/device.ts';
import { trainTable } from '../config/table/trainTable.ts';
import { openOptimizer } from '../optimizer/openOptimizer.ts';
import type { OptimizerChoice } from '../optimizer/openOptimizer.ts';
import { WeightAverage } from '../optimizer/weightAverage.ts';
import type { Recompute } from '../step.ts';
import { bytesOf, flopsOf, pairsOf } from '../../kernels/cost.ts';

/** What one training step costs a device. */
export interface StepCost {
  /** Multiplications and additions in matrix products. */
  readonly flops: number;
  /** The same by kernel. */
  readonly flopsBy: ReadonlyMap<string, number>;
  /** Kernels started. */
  readonly launches: number;
  /** Read and written by kernels. */
  readonly bytes: number;
  /** Bytes of weights, gradients and optimizer state. */
  readonly parameterMemory: number;
  /** Bytes at the fullest moment, the above included. */
  readonly peakMemory: number;
}

type Counted = { flops: number; flopsBy: Map<string, number>; launches: number; bytes: number };

/** What of a config's `train` decides what a step takes. */
export interface StepChoice extends OptimizerChoice {
  readonly recompute: Recompute;
  readonly precision: Precision;
  /** Above 0 for an average of the weights. */
  readonly ema: number;
}

/** The defaults of a config: AdamW. */
export const STANDARD: StepChoice = trainTable.parse({});

/** Traces one step, with every fused kernel, and counts without computing anything. */
export function dryRun(options: ModelOptions, batch: MaskedInput, choice = STANDARD): StepCost {
  const counted: Counted = { flops: 0, flopsBy: new Map(), launches: 0, bytes: 0 };
  const device = countingDevice(counted, choice.precision === 'f16' ? 'f16' : 'f32');
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

/** An array without contents, but for integers that were written to it. */
interface Empty {
  /** Bytes per element. */
  readonly width: number;
  integers?: ArrayLike<number>;
}
type Empties = { [T in ArrayType]: Empty };
type NamedEmpties = Readonly<Record<string, Empty>>;

/** A device whose kernels only count themselves. */
function countingDevice(counted: Counted, real: 'f32' | 'f16'): Device {
  const count =
    (kernel: KernelName) =>
    (inputs: NamedEmpties, parameters: Record<string, number>, outputs: NamedEmpties): void => {
      counted.launches += 1;
      counted.bytes += bytesOf(kernel, parameters as never, (name) => (inputs[name] ?? outputs[name]).width);
      const flops = flopsOf(kernel, parameters as never) * shareSeen(inputs, parameters);
      counted.flops += flops;
      counted.flopsBy.set(kernel, (counted.flopsBy.get(kernel) ?? 0) + flops);
    };
  const names = Object.keys(contract) as KernelName[];
  return createDevice<Empties>({
    name: 'cpu',
    description: 'counts and computes nothing',
    real,
    elementBytes: 4,
    viewAlignment: 16,
    kernels: Object.fromEntries(names.map((name) => [name, count(name)])) as unknown as Kernels<Empties>,
    allocate: (type) => ({ width: type === 'f16' ? 2 : 4 }),
    release: () => {},
    view: (_type, handle) => handle,
    write(type, handle, data) {
      if (type === 'i32') handle.integers = data;
    },
    clear: () => {},
    read: (_type, _handle, size) => Promise.resolve(new Float32Array(size)),
    close: () => Promise.resolve(),
  });
}

/** Of all pairs of a query and a key in attention, the share that spans let through: blocks with a window do less. 1 for other kernels. */
function shareSeen({ spans, tokens }: NamedEmpties, p: Record<string, number>): number {
  if (!spans?.integers || p.heads === undefined) return 1;
  const queries = p.queries ?? p.batch * p.length;
  return queries === 0 ? 1 : pairsOf(spans.integers, tokens?.integers) / (queries * p.length);
}
