import type { DeviceArray } from '../../kernels/device.ts';
import { Parameter } from '../parameters/parameter.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TapeObserver } from '../tapeOptions.ts';
import { Indices } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

/** An array of real numbers, and what a person calls it. */
export interface NamedArray {
  /** A parameter's name, or which op made it in which box. */
  readonly name: string;
  readonly shape: Shape;
  readonly array: DeviceArray;
}

/** What an op made in its forward or its backward, and what from. */
export interface Moment {
  readonly pass: 'forward' | 'backward';
  readonly op: string;
  /** The path of the innermost box that the op is in; empty outside of boxes. */
  readonly box: string;
  readonly made: readonly NamedArray[];
  readonly from: readonly NamedArray[];
}

/** Tells of every op of a tape in the order in which they run; arrays must be read at once. */
export function momentsOf(tell: (moment: Moment) => void): TapeObserver {
  const names = new Map<Tensor, string>();
  const nameOf = (tensor: Tensor): string =>
    tensor instanceof Parameter ? tensor.name : (names.get(tensor) ?? 'an input');
  const named = (tensor: Tensor): NamedArray[] =>
    tensor instanceof Indices ? [] : [{ name: nameOf(tensor), shape: tensor.shape, array: tensor.array }];
  const gradient = (tensor: Tensor, array: DeviceArray | undefined): NamedArray[] =>
    array ? [{ name: `the gradient of ${nameOf(tensor)}`, shape: tensor.shape, array }] : [];
  return {
    onForward(op, inputs, outputs, box) {
      for (const output of outputs)
        names.set(output, op === 'use' ? nameOf(inputs[0]) : `the output of ${placed(op, box)}`);
      tell({ pass: 'forward', op, box, made: outputs.flatMap(named), from: inputs.flatMap(named) });
    },
    onBackward(tensor, array) {
      tell({ pass: 'backward', op: 'the sum over uses', box: '', made: gradient(tensor, array), from: [] });
    },
    onGradients({ op, box, inputs, outputs, outputGradients, inputGradients }) {
      tell({
        pass: 'backward',
        op,
        box,
        made: inputs.flatMap((input, i) => gradient(input, inputGradients[i])),
        from: [...outputs.flatMap((output, i) => gradient(output, outputGradients[i])), ...inputs.flatMap(named)],
      });
    },
  };
}

/** An op and its box, in words. */
export const placed = (op: string, box: string): string => (box === '' ? op : `${op} in ${box}`);

/** How many numbers it has. */
export const sizeOfArray = ({ shape }: NamedArray): number => sizeOf(shape);
