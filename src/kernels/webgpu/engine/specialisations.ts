import { BertrandError } from '../../../error.ts';
import type { GpuArray } from './buffers.ts';
import { Pipeline } from './pipeline.ts';
import { bindingNames } from './shader.ts';
import type { Element, Reals, Shader } from './shader.ts';

/** A shader's pipelines, one for each combination of real array types that occurs. */
export class Specialisations<A extends string = string, P extends string = string> {
  readonly shader: Shader<A, P>;
  readonly #arrays: readonly { readonly name: A; readonly element: Element }[];
  /** The key has a bit for each array that is f16. */
  readonly #pipelines = new Map<number, Pipeline<A, P>>();
  readonly #make: (reals: Reals<A>) => Pipeline<A, P>;

  constructor(shader: Shader<A, P>, make: (reals: Reals<A>) => Pipeline<A, P>) {
    this.shader = shader;
    this.#make = make;
    const elements = { ...shader.inputs, ...shader.outputs } as Record<A, Element>;
    this.#arrays = bindingNames(shader).map((name) => ({ name, element: elements[name] }));
  }

  /** The pipeline for arrays of these types. Throws a BertrandError for a type that the shader cannot take. */
  for(arrays: { readonly [N in A]: Pick<GpuArray, 'type'> }): Pipeline<A, P> {
    let halves = 0;
    let bit = 1;
    for (const { name, element } of this.#arrays) {
      const { type } = arrays[name];
      if (type === 'f16') halves += bit;
      if ((type === 'i32') !== (element === 'i32') || (type === 'f16' && !element.endsWith('real')))
        throw new BertrandError(`webgpu: kernel ${this.shader.label} takes ${name} as ${element}, found ${type}`);
      bit *= 2;
    }
    let pipeline = this.#pipelines.get(halves);
    if (!pipeline) {
      const reals = this.#arrays.filter(({ element }) => element.endsWith('real'));
      pipeline = this.#make(Object.fromEntries(reals.map(({ name }) => [name, arrays[name].type])) as Reals<A>);
      this.#pipelines.set(halves, pipeline);
    }
    return pipeline;
  }
}
