import type { GpuArray } from './buffers.ts';
import type { Bound } from './pipeline.ts';
import type { Specialisations } from './specialisations.ts';

/**
 * What a shader is bound to. Every step of training calls it with the same arrays in the same order, so each call is first
 * compared with what followed the one before it the last time; only what differs is looked up.
 */
export class Bindings<A extends string, P extends string> {
  readonly #pipelines: Specialisations<A, P>;
  #last: Bound<A, P> | undefined;

  constructor(pipelines: Specialisations<A, P>) {
    this.#pipelines = pipelines;
  }

  for(arrays: { readonly [N in A]: GpuArray }): Bound<A, P> {
    const expected = this.#last?.next;
    const found = expected && binds(expected, arrays) ? expected : this.#pipelines.for(arrays).bind(arrays);
    if (this.#last) this.#last.next = found;
    this.#last = found;
    return found;
  }
}

function binds<A extends string>(bound: Bound<A>, arrays: { readonly [N in A]: GpuArray }): boolean {
  const names = bound.pipeline.arrays;
  for (let i = 0; i < names.length; i++) {
    const known = bound.arrays[i];
    const array = arrays[names[i]];
    const same =
      known === array ||
      (known.storage === array.storage &&
        known.offset === array.offset &&
        known.bytes === array.bytes &&
        known.type === array.type);
    if (!same) return false;
  }
  return true;
}
