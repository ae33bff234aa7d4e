import type { TextPiece } from '../corpus/textPiece.ts';
import type { TokenizerOptions } from '../dataOptions.ts';
import type { OnProgress } from '../progress.ts';
import { bertWords } from './bertWords.ts';
import { countWords } from './countWords.ts';
import { Tokenizer } from './tokenizer.ts';
import { bertTokenizerJson } from './tokenizerJson.ts';
import { trainWordPiece } from './trainWordPiece.ts';

/** Trains BERT's tokenizer on a corpus. Throws a BertrandError if `vocabSize` cannot hold the characters. */
export async function trainTokenizer(
  pieces: AsyncIterable<TextPiece>,
  { vocabSize, lowercase }: TokenizerOptions,
  onProgress: OnProgress = () => {},
): Promise<Tokenizer> {
  const words = await countWords(pieces, bertWords(lowercase));
  const tokens = trainWordPiece(words, { vocabSize }, (done) => {
    if (done % 256 === 0 || done === vocabSize) onProgress({ stage: 'building vocabulary', done, total: vocabSize });
  });
  if (tokens.length < vocabSize)
    onProgress({ notice: `the corpus gives a vocabulary of ${tokens.length} tokens, not ${vocabSize}` });
  return Tokenizer.fromJson(bertTokenizerJson(tokens, lowercase));
}
