import type { Bert } from '../../../src/bert/Bert.ts';
import type { Batches } from '../../../src/data/batches/batch.ts';
import type { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../../src/error.ts';
import type { Device } from '../../../src/kernels/device.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { fillMask, maskedSequence } from '../../../src/train/evaluate/fillMask.ts';
import type { Guess } from '../../../src/train/evaluate/fillMask.ts';
import { attentionMaps } from '../inspect/attentionMaps.ts';
import { textSegment } from '../../../src/train/config/modelOptions.ts';
import { Embedder } from '../../../src/train/embed/embedder.ts';
import { mostSimilar } from '../../../src/train/embed/mostSimilar.ts';
import type { AttentionView, Filled, SimilarSentences } from '../protocol.ts';
import type { History } from './history.ts';
import { sentencesOf } from './sentences.ts';

/** A model that can be asked. */
export interface Asked {
  readonly device: Device;
  readonly model: Bert;
  readonly tokenizer: Tokenizer;
  readonly config: Config;
}

/** The ids of a text between [CLS] and [SEP]. Throws a BertrandError if the model takes no text of that length. */
function idsOf(text: string, { tokenizer, config }: Asked): Int32Array {
  const ids = Int32Array.of(tokenizer.classId, ...tokenizer.encode(text), tokenizer.separatorId);
  const { sequenceLength } = config.data;
  if (ids.length <= sequenceLength) return ids;
  throw new BertrandError(`${ids.length} tokens with [CLS] and [SEP]; this model takes ${sequenceLength}`, {
    advice: 'shorten the sentence',
  });
}

/** The guesses at each [MASK], at earlier steps and now. */
export async function fill(
  text: string,
  top: number,
  asked: Asked,
  step: number,
  history: History<Guess[][]>,
): Promise<Filled> {
  const { device, model, tokenizer, config } = asked;
  const ids = idsOf(text, asked);
  const sequence = maskedSequence(ids, tokenizer.maskId, textSegment(config));
  const ask = (model: Bert) => fillMask(device, model, sequence, top);
  const now = await ask(model);
  const all = [...(await history.recall(`${top} ${text}`, device, model, step, ask)), { step, answer: now }];
  return {
    tokens: Array.from(ids, (id) => tokenizer.tokenOf(id)),
    masks: now.map((_, mask) => ({
      at: all.map(({ step, answer }) => ({
        step,
        guesses: answer[mask].map(({ id, probability }) => ({ token: tokenizer.tokenOf(id), probability })),
      })),
    })),
  };
}

/** Where each token of a text looks. */
export async function attend(text: string, asked: Asked, step: number): Promise<AttentionView> {
  const { device, model, tokenizer, config } = asked;
  const ids = idsOf(text, asked);
  const length = ids.length;
  const layers = await attentionMaps(device, model, {
    batch: 1,
    length,
    ids,
    segments: new Int32Array(length).fill(textSegment(config)),
    spans: Int32Array.from({ length: 2 * length }, (_, i) => (i % 2 === 0 ? 0 : length)),
  });
  return { tokens: Array.from(ids, (id) => tokenizer.tokenOf(id)), heads: config.model.heads, step, layers };
}

/** The sentences of the validation text whose mean output is most like that of a text. */
export async function similar(
  text: string,
  top: number,
  asked: Asked,
  step: number,
  validation: Batches,
): Promise<SimilarSentences> {
  const { device, model, tokenizer } = asked;
  idsOf(text, asked);
  const sentences = await sentencesOf(validation, tokenizer);
  const { values } = await new Embedder(device, model, tokenizer).embed([text, ...sentences]);
  const columns = values.length / (1 + sentences.length);
  const found = mostSimilar(values.subarray(0, columns), values.subarray(columns), top);
  return { step, sentences: found.map(({ row, cosine }) => ({ text: sentences[row], cosine })) };
}
