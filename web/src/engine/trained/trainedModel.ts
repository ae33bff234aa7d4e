import { Bert } from '../../../../src/bert/Bert.ts';
import { tokenizerOfText } from '../../../../src/data/tokenizer/tokenizerText.ts';
import { BertrandError } from '../../../../src/error.ts';
import { openDevice } from '../../../../src/kernels/choose.ts';
import { modelOptions } from '../../../../src/train/config/modelOptions.ts';
import { resolveConfig } from '../../../../src/train/config/resolveConfig.ts';
import { writeParameters } from '../../../../src/train/modelState.ts';
import { leaveDevice } from '../liveModel.ts';
import type { Asked } from '../questions.ts';
import { fromBytes } from './bytePerNumber.ts';

/** The model that comes with the page, trained to its end (scripts/record-page.ts): on the processor, since it is only asked. */
export async function openTrained(base: string): Promise<Asked> {
  const [yaml, json, bytes] = await Promise.all(
    ['config.yaml', 'tokenizer.json', 'model.bin'].map((name) => file(name, base)),
  );
  const text = (part: ArrayBuffer): string => new TextDecoder().decode(part);
  const config = resolveConfig(text(yaml), 'config.yaml');
  const tokenizer = tokenizerOfText(text(json), 'tokenizer.json');
  const device = await openDevice('cpu', { threads: 1 });
  try {
    const model = new Bert(modelOptions(config, tokenizer.vocabSize), config.seed).to(device, false);
    writeParameters(model.parameters, fromBytes(new Uint8Array(bytes)));
    return { device, model, tokenizer, config };
  } catch (error) {
    await leaveDevice(device);
    throw error;
  }
}

async function file(name: string, base: string): Promise<ArrayBuffer> {
  const address = new URL(`recorded/${name}`, base);
  const response = await fetch(address).catch(() => undefined);
  if (response?.ok) return response.arrayBuffer();
  throw new BertrandError('the trained model cannot be fetched', { advice: 'try again when there is a network' });
}
