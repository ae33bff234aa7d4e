import { Bert } from '../../bert/Bert.ts';
import { openTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { DeviceOptions } from '../../kernels/choose.ts';
import type { Device } from '../../kernels/device.ts';
import { runDeviceOptions } from '../config/runDeviceOptions.ts';
import { openTrained } from '../evaluate/trained.node.ts';
import { isHuggingFaceFolder, readBertOptions, tokenizerIn } from '../import/huggingFaceFolder.node.ts';
import { openWeights } from '../import/openImported.node.ts';

/** A model that gives embeddings, not yet on a device. */
export interface StoredEncoder {
  /** The folder that its weights are in. */
  readonly path: string;
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** What a person should know of it: a line each. */
  readonly notices: readonly string[];
  /** How to open a device for it. */
  readonly deviceOptions: DeviceOptions;
  /** Puts the model on a device. */
  modelOn(device: Device): Promise<Bert>;
}

/**
 * Opens a run, one of its checkpoints, or a folder of a Hugging Face BERT.
 * @throws BertrandError when the path is none of them, or what is there is not intact
 */
export async function openEncoder(path: string): Promise<StoredEncoder> {
  if (isHuggingFaceFolder(path)) return huggingFaceEncoder(path);
  const trained = await openTrained(path);
  return {
    path: trained.path,
    tokenizer: trained.tokenizer,
    notices: trained.notices,
    deviceOptions: runDeviceOptions(trained.config),
    modelOn: async (device) => trained.modelOn(device),
  };
}

async function huggingFaceEncoder(path: string): Promise<StoredEncoder> {
  const tokenizer = openTokenizer(tokenizerIn(path));
  const options = { ...readBertOptions(path).options, vocabSize: tokenizer.vocabSize };
  const weights = await openWeights(path, options);
  return {
    path,
    tokenizer,
    notices: [], // its own are of the decoder, and of what only other tasks need
    deviceOptions: {},
    async modelOn(device) {
      const model = new Bert(options).to(device);
      await weights.writeTo(model.parameters.all);
      return model;
    },
  };
}
