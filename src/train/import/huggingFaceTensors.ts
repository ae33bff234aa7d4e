import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';
import { bertNames, poolerNames } from '../export/huggingFace/bertNames.ts';
import { isModernBert } from '../export/huggingFace/modernBertConfig.ts';
import { modernBertNames } from '../export/huggingFace/modernBertNames.ts';
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

/** The tensors of a folder under our names, and the names of those that no parameter takes. */
interface FoundTensors {
  readonly tensors: ReadonlyMap<string, AvailableTensor>;
  readonly leftOver: readonly string[];
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
): FoundTensors {
  if (isModernBert(options)) return modernBertTensors(options, stored);
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
  return { tensors, leftOver: notTaken(stored, tensors) };
}

/** The same of a folder of ModernBERT, of which a ModernBertModel alone does without `model.`; rows of Wqkv are cut apart. */
function modernBertTensors(options: ModelOptions, stored: ReadonlyMap<string, AvailableTensor>): FoundTensors {
  const tensors = new Map<string, AvailableTensor>();
  for (const [ours, theirs] of modernBertNames(options)) {
    const found = stored.get(theirs) ?? stored.get(theirs.replace(/^model\./, ''));
    if (found) for (const [i, name] of ours.entries()) tensors.set(name, part(found, i, ours.length));
  }
  return { tensors, leftOver: notTaken(stored, tensors) };
}

/** One of `count` equal parts of a tensor's rows; the whole where they cannot be cut so, whose shape is then refused. */
function part(whole: AvailableTensor, i: number, count: number): AvailableTensor {
  const [rows = 0, ...others] = whole.shape;
  if (count === 1 || rows % count !== 0) return whole;
  const cut = (values: Float32Array): Float32Array =>
    values.slice((i * values.length) / count, ((i + 1) * values.length) / count);
  return { name: whole.name, shape: [rows / count, ...others], read: async () => cut(await whole.read()) };
}

function notTaken(stored: ReadonlyMap<string, unknown>, tensors: ReadonlyMap<string, AvailableTensor>): string[] {
  const taken = new Set(Array.from(tensors.values(), ({ name }) => name));
  return [...stored.keys()].filter((name) => !taken.has(name)).toSorted();
}
