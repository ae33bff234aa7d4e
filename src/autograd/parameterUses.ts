import type { Node } from './node.ts';
import { Parameter } from './parameters/parameter.ts';

/** Counts what backward has yet to add to each parameter's gradient. */
export class ParameterUses {
  readonly #left = new Map<Parameter, number>();

  /** @param nodes of a whole pass */
  constructor(nodes: readonly Node[]) {
    for (const node of nodes)
      for (const parameter of parametersOf(node)) this.#left.set(parameter, this.#of(parameter) + 1);
  }

  /** The parameters whose gradients are complete once backward has passed this node. */
  pass(node: Node): Parameter[] {
    return parametersOf(node).filter((parameter) => {
      this.#left.set(parameter, this.#of(parameter) - 1);
      return this.#of(parameter) === 0;
    });
  }

  #of(parameter: Parameter): number {
    return this.#left.get(parameter) ?? 0;
  }
}

const parametersOf = ({ inputs }: Node): Parameter[] =>
  inputs.filter((input): input is Parameter => input instanceof Parameter && input.requiresGradient);
