import seedrandom from 'seedrandom';
import { contract } from '../../src/kernels/contract.ts';
import type { ArraySpecification, ElementType, KernelName, OptionalKernel } from '../../src/kernels/contract.ts';
import type { Device } from '../../src/kernels/device.ts';
import { compositions } from './compositions.ts';
import type { Arrays } from './compositions.ts';
import { kernelCases } from './kernelCases.ts';

type Specifications = Record<string, ArraySpecification<ElementType, string>>;

export const kernelNames = Object.keys(contract) as KernelName[];

/** Runs every case of `kernel` on both devices; returns a line for each output that differs by more than rounding. */
export async function differences(kernel: KernelName, device: Device, reference: Device): Promise<string[]> {
  const lines: string[] = [];
  for (const [index, { parameters, inputs: makers = {}, after }] of kernelCases[kernel].entries()) {
    const random = seedrandom(`${kernel}/${index}`);
    const values: Record<string, ArrayLike<number>> = {};
    for (const [name, { type, size }] of Object.entries<ArraySpecification<ElementType, string>>(
      contract[kernel].inputs,
    )) {
      const make = (makers as Record<string, ((r: () => number, size: number) => ArrayLike<number>) | undefined>)[name];
      if (!make && type === 'i32') throw new Error(`${kernel}: the cases must make the integers ${name}`);
      values[name] =
        make?.(random, size(parameters)) ?? Float32Array.from({ length: size(parameters) }, () => 2 * random() - 1);
    }
    if (after) Object.assign(values, await results(after, reference, values, parameters));
    const found = await results(kernel, device, values, parameters);
    const expected = await results(kernel, reference, values, parameters);
    for (const [name, numbers] of Object.entries(expected)) {
      const difference = compare(found[name] ?? [], numbers);
      if (difference) lines.push(`${kernel} ${JSON.stringify(parameters)}: ${name}${difference}`);
    }
  }
  return lines;
}

/** Rounding of float32 over a few hundred terms, as a share of the output's largest value. */
const TOLERANCE = 3e-6;

function compare(found: ArrayLike<number>, expected: ArrayLike<number>): string | undefined {
  const numbers = Array.from(expected);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = numbers.findIndex((value, i) => !(Math.abs((found[i] ?? NaN) - value) <= TOLERANCE * largest));
  return wrong < 0 ? undefined : `[${wrong}] is ${found[wrong]}, reference has ${numbers[wrong]}`;
}

/** The outputs, and the donated inputs as the kernel left them. */
async function results(
  kernel: KernelName,
  device: Device,
  values: Record<string, ArrayLike<number>>,
  parameters: object,
): Promise<Record<string, ArrayLike<number>>> {
  const specification: Specifications = contract[kernel].inputs;
  const inputs: Arrays = {};
  for (const [name, { type }] of Object.entries(specification))
    inputs[name] = device.upload(type === 'real' ? 'f32' : type, values[name] ?? []);
  const composed = kernel in compositions && !device.has(kernel as OptionalKernel);
  const outputs: Arrays = composed
    ? await compositions[kernel as OptionalKernel](device, inputs, parameters as never)
    : device.run(kernel, inputs, parameters as never);
  const donated = Object.entries(specification)
    .filter(([, { donated }]) => donated)
    .map(([name]) => name);
  const seen = [...Object.entries(outputs), ...donated.map((name) => [name, inputs[name]] as const)];
  const read: Record<string, ArrayLike<number>> = {};
  for (const [name, array] of seen) read[name] = await device.read(array);
  for (const array of [...Object.values(inputs), ...Object.values(outputs)]) device.free(array);
  return read;
}
