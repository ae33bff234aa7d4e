import { BertrandError } from '../error.ts';
import type { Parameters } from '../autograd/parameters/parameters.ts';
import type { Shape } from '../autograd/shape.ts';
import { show, sizeOf } from '../autograd/shape.ts';

/** A tensor on the host, as stored in checkpoints. */
export interface HostTensor {
  /** Sizes of the dimensions. */
  readonly shape: Shape;
  /** The numbers, row by row. */
  readonly data: Float32Array;
}

/** Tensors by their names. */
export type HostTensors = ReadonlyMap<string, HostTensor>;

/** The tensor of that name; throws unless it is there and has the shape. */
export function expectTensor(tensors: HostTensors, name: string, shape: Shape): HostTensor {
  const found = tensors.get(name);
  if (!found) throw new BertrandError(`the checkpoint has no tensor ${name}; it belongs to another model`);
  if (show(found.shape) !== show(shape))
    throw new BertrandError(`the checkpoint's ${name} has shape ${show(found.shape)}, the model's ${show(shape)}`);
  return found;
}

/** Tensors of these shapes, all zero. */
export const zeroTensors = (shapes: Iterable<readonly [name: string, shape: Shape]>): Map<string, HostTensor> =>
  new Map(Array.from(shapes, ([name, shape]) => [name, { shape, data: new Float32Array(sizeOf(shape)) }]));

/** The parameters' values under their names, written into tensors that are there, if they are. */
export async function readParameters<Tensors extends HostTensors = Map<string, HostTensor>>(
  parameters: Parameters,
  into?: Tensors,
): Promise<Tensors | Map<string, HostTensor>> {
  const tensors = into ?? zeroTensors(parameters.all.map(({ name, shape }) => [name, shape]));
  for (const { name, shape, storage } of parameters.all) {
    const { device, weights } = storage;
    expectTensor(tensors, name, shape).data.set(device.hostView(weights) ?? (await device.read(weights)));
  }
  return tensors;
}

/** Throws if a parameter is missing, has another shape, or the model lacks one of the tensors; parameters need no memory yet. */
export function expectParameters(parameters: Parameters, tensors: HostTensors): void {
  for (const { name, shape } of parameters.all) expectTensor(tensors, name, shape);
  const known = new Set(parameters.all.map(({ name }) => name));
  const unknown = [...tensors.keys()].filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new BertrandError(`the model has no parameter for the checkpoint's ${unknown.join(', ')}`);
}

/** Sets every parameter; throws like `expectParameters`, and then none is set. */
export function writeParameters(parameters: Parameters, tensors: HostTensors): void {
  expectParameters(parameters, tensors);
  for (const parameter of parameters.all) parameter.write(expectTensor(tensors, parameter.name, parameter.shape).data);
}
