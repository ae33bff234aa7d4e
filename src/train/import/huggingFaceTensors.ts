import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';
import { bertNames, poolerNames } from '../export/huggingFace/bertNames.ts';
import type { AvailableTensor } from './importedModel.ts';

const DECODER_BIAS = ['cls.predictions.bias', 'cls.predictions.decoder.bias'];

/**
 * A name as today's BertForMaskedLM has it: older folders call gain and bias of LayerNorm gamma and beta, and those of
 * BertModel alone do without `bert.`
 */
function todaysName(name: string): string {
  const renamed = name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias');
  return /^(bert|cls)\./.test(renamed) ? renamed : `bert.${renamed}`;
}

/**
 * The tensors of a Hugging Face folder under the names of our parameters, and the names of those that no parameter takes.
 * @param source what messages call the folder
 * @param pooler whether a parameter takes the pooler's
 */
export function huggingFaceTensors(
  source: string,
  options: ModelOptions,
  stored: ReadonlyMap<string, AvailableTensor>,
  pooler: boolean,
): { readonly tensors: ReadonlyMap<string, AvailableTensor>; readonly leftOver: readonly string[] } {
  const byName = new Map<string, AvailableTensor>();
  for (const tensor of stored.values()) {
    const name = todaysName(tensor.name);
    const other = byName.get(name);
    if (other)
      throw new BertrandError(`${source}: ${other.name} and ${tensor.name} are two names for the same weights`);
    byName.set(name, tensor);
  }
  const tensors = new Map<string, AvailableTensor>();
  for (const [ours, theirs] of [...bertNames(options), ...(pooler ? poolerNames : [])]) {
    const names = DECODER_BIAS.includes(theirs) ? DECODER_BIAS : [theirs];
    const found = names.map((name) => byName.get(name)).find((tensor) => tensor);
    if (found) tensors.set(ours, found);
  }
  const taken = new Set(Array.from(tensors.values(), ({ name }) => name));
  return { tensors, leftOver: [...stored.keys()].filter((name) => !taken.has(name)).toSorted() };
}
