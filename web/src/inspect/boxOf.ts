import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import type { Tensor } from '../../../src/autograd/tensor.ts';

/**
 * Names the ops of one forward pass by the diagram, in the order in which they run: `encoder.TF.0.Attention.softmax`. An op
 * with parameters is the box that they belong to; the others follow from the box before them.
 */
export function boxNamer(): (op: string, inputs: readonly Tensor[]) => string {
  let last = 'encoder.Embedding.token';
  return (op, inputs) => {
    const owner = inputs.findLast((input) => input instanceof Parameter)?.name;
    if (owner !== undefined) return (last = op === 'gather' ? owner : parent(owner));
    const box = within(parent(last), op, last);
    if (op !== 'gather' || !last.startsWith('encoder.TF')) last = box; // what is picked within a block changes no place
    return box;
  };
}

const parent = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** The box of an op without parameters, after the box `last` in the box `outer`. */
function within(outer: string, op: string, last: string): string {
  switch (op) {
    case 'attentionScores':
      return `${outer}.scores`;
    case 'maskedSoftmax':
      return `${outer}.softmax`;
    case 'attentionContext':
      return `${outer}.context`;
    case 'gelu':
      return `${outer}.GELU`;
    case 'add': // the Embedding's sums, and the residual ones after Attention and FFN
      if (last.endsWith('.LLO')) return `${parent(outer)}.middle`;
      return last.endsWith('.LL2') ? `${parent(outer)}.output` : `${outer}.sum`;
    case 'gather': // positions, or the predicted tokens in the last block
      if (last.endsWith('.LLO')) return `${parent(outer)}.residual`;
      return last.startsWith('encoder.Embedding') ? 'encoder.Embedding.position' : `${outer}.predicted`;
    case 'softmax':
    case 'crossEntropy':
      return `decoder.${op}`;
    default:
      return `${outer}.${op}`;
  }
}
