import { Bert } from '../../bert/Bert.ts';
import { openTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { resolveConfig } from '../config/resolveConfig.ts';
import { openTrained } from '../evaluate/trained.node.ts';
import type { Trained } from '../evaluate/trained.node.ts';
import { isHuggingFaceFolder } from './huggingFaceFolder.node.ts';
import { modelSource } from './modelSource.node.ts';
import { openWeights } from './openImported.node.ts';

/** A model that guesses masked tokens, not yet on a device. */
export interface MaskedModel extends Pick<
  Trained,
  'path' | 'config' | 'tokenizer' | 'folder' | 'passedOver' | 'notices'
> {
  /** The run that it is of, if it is of one. */
  readonly trained: Trained | undefined;
  /** Puts the model on a device. */
  modelOn(device: Device): Promise<Bert>;
}

/**
 * Opens a run, one of its checkpoints, or a folder of Hugging Face's BertForMaskedLM or ModernBertForMaskedLM.
 * @throws BertrandError when the path is none of them, or what is there is not intact
 */
export async function openMasked(path: string): Promise<MaskedModel> {
  if (isHuggingFaceFolder(path)) return huggingFaceMasked(path);
  const trained = await openTrained(path);
  return { ...trained, trained, modelOn: async (device) => trained.modelOn(device) };
}

async function huggingFaceMasked(path: string): Promise<MaskedModel> {
  const config = resolveConfig(`model: { from: ${JSON.stringify(path)} }`, path, [], [], modelSource);
  const tokenizer = openTokenizer(config.data.tokenizer as Parameters<typeof openTokenizer>[0]);
  const options = modelOptions(config, tokenizer.vocabSize);
  const weights = await openWeights(path, options);
  if (weights.missing.length > 0)
    throw new BertrandError(
      `${path}: found no head that guesses masked tokens (${weights.missing.join(', ')}); expected a BertForMaskedLM or ModernBertForMaskedLM`,
      { advice: 'train one with `bertrand pretrain --init-from`' },
    );
  return {
    path,
    config,
    tokenizer,
    folder: process.cwd(),
    passedOver: [],
    notices: [], // its own are of what only other tasks need
    trained: undefined,
    async modelOn(device) {
      const model = new Bert(options).to(device);
      await weights.writeTo(model.parameters.all);
      return model;
    },
  };
}
