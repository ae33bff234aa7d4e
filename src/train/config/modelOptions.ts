import type { ModelOptions } from '../../bert/options.ts';
import type { Config } from './table/table.ts';

/** The config's model for a vocabulary of `vocabSize` tokens. */
export function modelOptions({ model, data }: Config, vocabSize: number): ModelOptions {
  return { ...model, vocabSize, maxLength: model.maxLength === 'auto' ? data.sequenceLength : model.maxLength };
}

/** The segment id of text: presets with three ids keep 0 for padding (codertimo/BERT-pytorch). */
export const textSegment = ({ model }: { readonly model: Pick<ModelOptions, 'segments'> }): 0 | 1 =>
  model.segments >= 3 ? 1 : 0;
