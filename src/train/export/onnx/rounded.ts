import { fromHalves, toHalves } from '../../../kernels/half.ts';
import type { HostTensor, HostTensors } from '../../modelState.ts';
import type { OnnxPrecision } from './modelGraph.ts';
import { POSITION } from './weights.ts';
import { dequantizeRows, quantizeRows } from './quantize.ts';

/** The tensors as they are once they have been stored in a precision, by which its cost can be measured. */
export function roundedTensors(tensors: HostTensors, precision: OnnxPrecision): HostTensors {
  return new Map(Array.from(tensors, ([name, tensor]) => [name, rounded(name, tensor, precision)]));
}

function rounded(name: string, { shape, data }: HostTensor, precision: OnnxPrecision): HostTensor {
  if (precision === 'f16') return { shape, data: fromHalves(toHalves(data)).subarray(0, data.length) };
  if (precision === 'int8' && shape.length === 2 && name !== POSITION)
    return { shape, data: dequantizeRows(quantizeRows(data, shape[0], shape[1])) };
  return { shape, data };
}
