import { BertrandError } from '../../error.ts';
import type { TextPiece } from '../corpus/textPiece.ts';
import type { TokenizerOptions } from '../dataOptions.ts';
import { percent } from '../percent.ts';
import type { OnProgress } from '../progress.ts';
import { LONGEST_WORD } from './specialTokens.ts';
import { Tokenizer } from './tokenizer.ts';
import { bertTokenizerJson } from './tokenizerJson.ts';
import { trainWordPiece } from './wordPiece/trainWordPiece.ts';
import { bertWords } from './words/bertWords.ts';
import { countWords } from './words/countWords.ts';
import type { WordCounts } from './words/countWords.ts';

/** The share of [UNK] words from which on they are reported. */
const WORTH_TELLING = 0.01;

/** Trains BERT's tokenizer on a corpus. Throws a BertrandError if it has no words, or `vocabSize` cannot hold the characters. */
export async function trainTokenizer(
  pieces: AsyncIterable<TextPiece>,
  options: TokenizerOptions,
  onProgress: OnProgress = () => {},
): Promise<Tokenizer> {
  const { vocabSize } = options;
  const words = await countWords(pieces, bertWords(options));
  expectWords(words);
  const tokens = trainWordPiece(words.counts, options, (done) => {
    if (done % 256 === 0 || done === vocabSize) onProgress({ stage: 'building vocabulary', done, total: vocabSize });
  });
  for (const notice of noticesOf(words, tokens, options)) onProgress({ notice });
  return Tokenizer.fromJson(bertTokenizerJson(tokens, options));
}

function expectWords({ counts, tooLong }: WordCounts): void {
  if (counts.size > 0) return;
  throw new BertrandError(
    tooLong === 0
      ? 'the corpus has no words to make a vocabulary of; add text'
      : `the corpus has no word of at most ${LONGEST_WORD} characters to make a vocabulary of: all ${tooLong} are longer; ` +
          'put spaces between its words, or cut them into shorter ones',
  );
}

/** Reports what becomes [UNK] and why, and a vocabulary smaller than requested. */
function* noticesOf(
  { counts, tooLong }: WordCounts,
  tokens: readonly string[],
  { vocabSize, limitAlphabet = 'auto' }: TokenizerOptions,
): Generator<string> {
  if (tokens.length < vocabSize) yield `the corpus gives a vocabulary of ${tokens.length} tokens, not ${vocabSize}`;
  const known = new Set(tokens);
  const lacking = new Set<string>();
  let all = tooLong;
  let unknown = 0;
  for (const [word, count] of counts) {
    all += count;
    const missing = Array.from(word).filter((character) => !known.has(character));
    if (missing.length > 0) unknown += count;
    for (const character of missing) lacking.add(character);
  }
  if (tooLong >= WORTH_TELLING * all)
    yield `${tooLong} words (${percent(tooLong / all)}) are longer than ${LONGEST_WORD} characters and become [UNK]; put spaces into them if they are to be learnt`;
  if (unknown >= WORTH_TELLING * all)
    yield (
      `${lacking.size} characters of the corpus get no token, so ${percent(unknown / all)} of its words become [UNK]; ` +
        `raise ${limitAlphabet === 'auto' ? 'vocabSize' : 'limitAlphabet'} to give them one`
    );
}
