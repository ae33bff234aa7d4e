import seedrandom from 'seedrandom';
import { contract } from '../../src/kernels/contract.ts';
import type {
  ArraySpecification,
  ArrayType,
  ElementType,
  KernelName,
  OptionalKernel,
} from '../../src/kernels/contract.ts';
import type { Device } from '../../src/kernels/device.ts';
import { fromHalves, toHalves } from '../../src/kernels/half.ts';
import { compositions } from './compositions.ts';
import type { Arrays } from './compositions.ts';
import { kernelCases } from './kernelCases.ts';

type Specifications = Record<string, ArraySpecification<ElementType, string>>;

export const kernelNames = Object.keys(contract) as KernelName[];

/** The type of the real array of that name on the device. */
export type Reals = (name: string) => 'f32' | 'f16';

/** How a device that rounds operands of products is compared. */
export interface RoundedOperands {
  /** The numbers and parameters that reference gets in place of the case's. */
  readonly operands: (
    kernel: KernelName,
    values: Record<string, ArrayLike<number>>,
    parameters: object,
  ) => readonly [values: Record<string, ArrayLike<number>>, parameters: object];
  /** How far off a kernel may be that rounds what it computes itself. @param largest the output's largest value */
  readonly tolerance: (kernel: KernelName, largest: number) => number;
}

/**
 * Runs every case of `kernel` on both devices; returns a line for each output that differs by more than rounding.
 * @param reals the types of the real arrays on `device`; reference gets the same rounded numbers
 * @param cases other cases than the kernel's
 */
export async function differences(
  kernel: KernelName,
  device: Device,
  reference: Device,
  reals: Reals = () => device.real,
  rounded?: RoundedOperands,
  cases: (typeof kernelCases)[KernelName] = kernelCases[kernel],
): Promise<string[]> {
  const lines: string[] = [];
  const specifications = Object.entries<ArraySpecification<ElementType, string>>(contract[kernel].inputs);
  for (const [index, { parameters, inputs: makers = {}, after }] of cases.entries()) {
    const random = seedrandom(`${kernel}/${index}`);
    const values: Record<string, ArrayLike<number>> = {};
    for (const [name, { type, size }] of specifications) {
      const make = (makers as Record<string, ((r: () => number, size: number) => ArrayLike<number>) | undefined>)[name];
      if (!make && type === 'i32') throw new Error(`${kernel}: the cases must make the integers ${name}`);
      values[name] =
        make?.(random, size(parameters)) ?? Float32Array.from({ length: size(parameters) }, () => 2 * random() - 1);
    }
    for (const [name, { type }] of specifications)
      if (type === 'real' && reals(name) === 'f16')
        values[name] = fromHalves(toHalves(values[name] ?? [])).subarray(0, values[name].length);
    // Outputs of an earlier kernel stay exact, in f32: their rounding is not this kernel's.
    const left = after ? await results(after, reference, values, parameters) : {};
    for (const [name, { numbers }] of Object.entries(left)) values[name] = numbers;
    const types: Reals = (name) => (name in left ? 'f32' : reals(name));
    const found = await results(kernel, device, values, parameters, types);
    const expected = await results(kernel, reference, ...(rounded?.operands(kernel, values, parameters) ?? [values, parameters])); // prettier-ignore
    for (const [name, { numbers }] of Object.entries(expected)) {
      const difference = compare(found[name], numbers, (largest) => rounded?.tolerance(kernel, largest) ?? TOLERANCE * largest); // prettier-ignore
      if (difference) lines.push(`${kernel} ${JSON.stringify(parameters)}: ${name}${difference}`);
    }
  }
  return lines;
}

/** The rounding error of float32 over a few hundred terms, relative to the output's largest value. */
export const TOLERANCE = 3e-6;
/** The rounding error to the nearest half: 11 significant bits, and steps of 2^-24 for small numbers. */
const roundingToHalf = (value: number): number => Math.max(2 ** -11 * Math.abs(value), 2 ** -25);

interface Result {
  readonly type: ArrayType;
  readonly numbers: ArrayLike<number>;
}

function compare(
  found: Result | undefined,
  expected: ArrayLike<number>,
  tolerance: (largest: number) => number,
): string | undefined {
  const numbers = Array.from(expected);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = numbers.findIndex((value, i) => {
    const allowed = tolerance(largest) + (found?.type === 'f16' ? roundingToHalf(value) : 0);
    const other = found?.numbers[i] ?? NaN;
    return !(Object.is(other, value) || Math.abs(other - value) <= allowed); // two that are no number are the same
  });
  return wrong < 0 ? undefined : `[${wrong}] is ${found?.numbers[wrong]}, reference has ${numbers[wrong]}`;
}

/** The outputs, and the donated inputs after the kernel. */
async function results(
  kernel: KernelName,
  device: Device,
  values: Record<string, ArrayLike<number>>,
  parameters: object,
  reals: Reals = () => device.real,
): Promise<Record<string, Result>> {
  const { inputs: specification, outputs: made } = contract[kernel] as Record<'inputs' | 'outputs', Specifications>;
  const inputs: Arrays = {};
  for (const [name, { type }] of Object.entries(specification))
    inputs[name] = device.upload(type === 'real' ? reals(name) : type, values[name] ?? []);
  const given: Arrays = {};
  for (const [name, { type, size }] of Object.entries(made))
    if (type === 'real' && reals(name) !== device.real)
      given[name] = device.allocate(reals(name), size(parameters as never));
  const composed = kernel in compositions && !device.has(kernel as OptionalKernel);
  const outputs: Arrays = composed
    ? await compositions[kernel as OptionalKernel](device, inputs, parameters as never)
    : device.launch(kernel, inputs, parameters as never, given);
  const donated = Object.entries(specification)
    .filter(([, { donated }]) => donated)
    .map(([name]) => name);
  const seen = [...Object.entries(outputs), ...donated.map((name) => [name, inputs[name]] as const)];
  const read: Record<string, Result> = {};
  for (const [name, array] of seen) read[name] = { type: array.type, numbers: await device.read(array) };
  for (const array of [...Object.values(inputs), ...Object.values(outputs)]) device.free(array);
  return read;
}
