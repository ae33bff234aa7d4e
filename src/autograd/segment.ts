import type { Device, DeviceArray } from '../kernels/device.ts';
import { Deferred } from './deferred.ts';
import { freeUnsaved, run } from './node.ts';
import type { Node } from './node.ts';
import type { Tensor } from './tensor.ts';

/**
 * The ops of a box whose arrays are freed after forward and made again in backward (Chen et al. 2016, "Training Deep Nets with
 * Sublinear Memory Cost"). The same calls run again on the same inputs, fused as they were and with the same dropout masks, so
 * that all bits are the same.
 */
export class Segment {
  readonly #device: Device;
  readonly #nodes: Node[] = [];
  #dropped = false;

  constructor(device: Device) {
    this.#device = device;
  }

  add(node: Node): void {
    this.#nodes.push(node);
    node.restore = () => this.#restore();
  }

  /** Frees all arrays but those of `output`, or, if it is deferred, those that it will be computed from. */
  drop(output: Tensor): void {
    const kept = sourcesOf(output);
    for (const node of this.#nodes) {
      for (const array of node.owned) if (!kept.has(array)) this.#device.free(array);
      node.owned = node.owned.filter((array) => kept.has(array));
      node.saved = node.inputs; // what running it again needs
    }
    this.#dropped = true;
  }

  #restore(): void {
    if (!this.#dropped) return;
    this.#dropped = false;
    for (const node of this.#nodes) {
      const before = node.owned;
      const { outputs, owned, backward, saved } = run(this.#device, node.call, true);
      for (const [i, { array }] of outputs.entries()) node.outputs[i].moveTo(array);
      for (const array of before) this.#device.free(array);
      Object.assign(node, { owned, backward, saved });
    }
    freeUnsaved(this.#device, this.#nodes, []);
  }
}

/** The arrays that a tensor is, or will be computed from. */
function sourcesOf(output: Tensor): Set<DeviceArray> {
  const sources = new Set<DeviceArray>();
  const open = [output];
  for (let tensor = open.pop(); tensor; tensor = open.pop())
    if (tensor instanceof Deferred && !tensor.computed) open.push(...tensor.call.inputs);
    else sources.add(tensor.array);
  return sources;
}
