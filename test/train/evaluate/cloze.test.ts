import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Tape } from '../../../src/autograd/tape.ts';
import type { Bert, MaskedInput } from '../../../src/bert/Bert.ts';
import { makeBatch, oneRow, paddedRows } from '../../../src/data/batches/makeBatch.ts';
import { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { cloze } from '../../../src/train/evaluate/cloze.ts';

const device = openReference();
const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...'one two three ##ly ##er ##2 7 .'.split(' ')];
const tokenizer = Tokenizer.fromJson(bertTokenizerJson(tokens, { lowercase: true, stripAccents: false }));
const idOf = (token: string): number => tokenizer.idOf(token)!;

/** A model that ranks `answers` first, in turn, and keeps what it was asked. */
function answering(answers: readonly string[], asked: MaskedInput[]): Bert {
  const vocabSize = tokens.length;
  const maskedLogits = (tape: Tape, input: MaskedInput) => {
    asked.push(input);
    const logits = new Float32Array(input.labels.length * vocabSize);
    for (const [row, answer] of answers.entries()) logits[row * vocabSize + idOf(answer)] = 1;
    return tape.input(logits, [input.labels.length, vocabSize]);
  };
  return { options: { vocabSize }, maskedLogits } as unknown as Bert;
}

/** A batch of sequences of such words; the second token of each is masked in it. */
function batchOf(sequences: readonly string[], layout = paddedRows): MaskedInput {
  const masked = sequences.map((words) => {
    const original = Int32Array.from(['[CLS]', ...words.split(' '), '[SEP]'], idOf);
    return { ids: original.map((id, i) => (i === 2 ? tokenizer.maskId : id)), original, positions: [2] };
  });
  return makeBatch(masked, layout(masked, layout === oneRow ? 40 : 12), tokenizer.padId, 0);
}

const sequences = ['one two ##ly ##er . three 7', '7 . ##2', 'one two . three'];

test('one word of each sequence is asked for, the middle one of letters, with all its pieces hidden and nothing else', async () => {
  for (const layout of [paddedRows, oneRow]) {
    const asked: MaskedInput[] = [];
    await cloze(device, answering([], asked), tokenizer, [batchOf(sequences, layout)]);
    const [{ ids, positions, labels }] = asked;
    assert.equal([...labels].map((id) => tokens[id]), ['two', '##ly', '##er', 'two']); // prettier-ignore
    const hidden = [...ids.keys()].filter((place) => ids[place] === tokenizer.maskId);
    assert.equal([...positions], hidden);
  }
});

test('a word is right if each of its pieces is', async () => {
  const found = (...answers: string[]) => cloze(device, answering(answers, []), tokenizer, [batchOf(sequences)]);
  assert.equal(await found('two', '##ly', '##er', 'two'), { right: 2, count: 2 });
  assert.equal(await found('two', '##er', '##er', 'two'), { right: 1, count: 2 });
  assert.equal(await found('two', '##ly', '##er', 'one'), { right: 1, count: 2 });
});

test('a text without words of letters asks for nothing', async () => {
  assert.equal(await cloze(device, answering([], []), tokenizer, [batchOf(['7 . 7'])]), { right: 0, count: 0 });
});

test.run();
