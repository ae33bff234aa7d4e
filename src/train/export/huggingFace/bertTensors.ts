import type { ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';
import type { HostTensor, HostTensors } from '../../modelState.ts';
import { bertNames } from './bertNames.ts';

/**
 * A model's tensors under the names of BertForMaskedLM. A tied decoder's matrix is the embedding's and not stored again;
 * an untied one's bias stands under both of its names, since loading takes one and the forward pass adds the other.
 */
export function bertTensors(tensors: HostTensors, options: ModelOptions): Map<string, HostTensor> {
  const named = new Map<string, HostTensor>();
  for (const [ours, theirs] of bertNames(options)) {
    const tensor = tensors.get(ours);
    if (!tensor) throw new BertrandError(`the checkpoint has no tensor ${ours}`);
    named.set(theirs, tensor);
    if (ours === 'decoder.LL.bias' && options.decoder === 'untied') named.set('cls.predictions.decoder.bias', tensor);
  }
  return named;
}
