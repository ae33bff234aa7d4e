import type { Device, DeviceArray } from '../kernels/device.ts';
import { launching } from './op.ts';
import { Tensor } from './tensor.ts';
import type { Call, RecordedMany, Saved } from './tensor.ts';

/** An op on the tape: what its backward needs. */
export interface Node {
  readonly call: Call;
  /** The path of the innermost box that it is in; empty outside of boxes. */
  readonly box: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  owned: readonly DeviceArray[];
  backward: RecordedMany['backward'];
  saved: Saved;
  /** Makes its arrays again, if they were dropped after forward. */
  restore?: () => void;
}

/** What running an op leaves. */
type Ran = Pick<Node, 'owned' | 'backward' | 'saved'> & Pick<RecordedMany, 'outputs'>;

/** Runs an op's forward, and frees what it allocated except outputs and, for a backward to come, what that needs. */
export function run(device: Device, { inputs, forward }: Call, requiresGradient: boolean): Ran {
  const made: DeviceArray[] = [];
  const { outputs, backward, saved } = launching(device, made, forward);
  const owned = made.filter((array) => {
    const lives =
      outputs.some((output) => output.array === array) || (requiresGradient && saved?.includes(array) !== false);
    if (!lives) device.free(array);
    return lives;
  });
  return { outputs, owned, backward, saved: saved ?? [...inputs, ...owned] };
}

/** Frees what the nodes own, and `others`, unless a node has saved it. @returns what is left of `others` */
export function freeUnsaved(device: Device, nodes: readonly Node[], others: readonly DeviceArray[]): DeviceArray[] {
  const arrays = new Set<DeviceArray>();
  for (const { saved } of nodes) for (const it of saved) arrays.add(it instanceof Tensor ? it.array : it);
  const keep = (array: DeviceArray): boolean => {
    if (!arrays.has(array)) device.free(array);
    return arrays.has(array);
  };
  for (const node of nodes) node.owned = node.owned.filter(keep);
  return others.filter(keep);
}
