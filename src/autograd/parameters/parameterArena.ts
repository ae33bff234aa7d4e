import type { Device, DeviceArray } from '../../kernels/device.ts';
import { show } from '../shape.ts';
import type { Parameter } from './parameter.ts';

/**
 * A contiguous array that holds several parameters, those with weight decay first, and of those the ones of one shape together. On a
 * device with views all parameters share one arena, or as few as its largest array allows, so that the optimizer needs a fixed
 * number of launches. On a device without views every parameter has its own arena.
 */
export interface ParameterArena {
  readonly weights: DeviceArray;
  readonly gradients: DeviceArray;
  /** Number of leading elements to which weight decay applies. */
  readonly decayed: number;
  readonly members: readonly { readonly parameter: Parameter; readonly offset: number }[];
}

/** Allocates memory on `device` for every parameter. */
export function placeInArenas(device: Device, parameters: readonly Parameter[]): ParameterArena[] {
  const decaying = parameters.filter(({ decays }) => decays);
  const shapes = new Set(decaying.map(({ shape }) => show(shape)));
  const byShape = [...shapes].flatMap((shown) => decaying.filter(({ shape }) => show(shape) === shown));
  const ordered = [...byShape, ...parameters.filter(({ decays }) => !decays)];
  if (device.viewAlignment === 0) return ordered.map((parameter) => separateArena(device, parameter));
  return groupsWithin(device, ordered).map((group) => sharedArena(device, group));
}

/** Allocates memory for parameters that have no gradient. @returns the arrays */
export function placeFrozen(device: Device, parameters: readonly Parameter[]): DeviceArray[] {
  return parameters.map((parameter) => {
    const weights = device.allocate('f32', parameter.size);
    parameter.place({ device, weights, gradients: undefined });
    return weights;
  });
}

/** Starts a new group when the next parameter no longer fits into the array. The device rejects one that fits into none. */
function groupsWithin(device: Device, parameters: readonly Parameter[]): Parameter[][] {
  const groups: Parameter[][] = [];
  let room = 0;
  for (const parameter of parameters) {
    const size = alignedSize(device, parameter);
    if (groups.length === 0 || size > room) {
      groups.push([]);
      room = device.largestArray;
    }
    groups[groups.length - 1].push(parameter);
    room -= size;
  }
  return groups;
}

function alignedSize({ viewAlignment }: Device, { size }: Parameter): number {
  return Math.ceil(size / viewAlignment) * viewAlignment;
}

function separateArena(device: Device, parameter: Parameter): ParameterArena {
  const { size } = parameter;
  const storage = { device, weights: device.allocate('f32', size), gradients: device.allocate('f32', size) };
  parameter.place(storage);
  return { ...storage, decayed: parameter.decays ? size : 0, members: [{ parameter, offset: 0 }] };
}

function sharedArena(device: Device, parameters: readonly Parameter[]): ParameterArena {
  const members: { parameter: Parameter; offset: number }[] = [];
  let end = 0;
  let decayed = 0;
  for (const parameter of parameters) {
    members.push({ parameter, offset: end });
    end += alignedSize(device, parameter);
    if (parameter.decays) decayed = end;
  }
  const weights = device.allocate('f32', end);
  const gradients = device.allocate('f32', end);
  for (const { parameter, offset } of members)
    parameter.place({
      device,
      weights: device.view(weights, offset, parameter.size),
      gradients: device.view(gradients, offset, parameter.size),
    });
  return { weights, gradients, decayed, members };
}
