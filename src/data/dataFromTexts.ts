import { assembleData } from './assembleData.ts';
import { piecesOfTexts } from './corpus/textPiece.ts';
import type { BatchOptions, TokenizerOptions } from './dataOptions.ts';
import type { OpenedData } from './openedData.ts';
import type { OnProgress } from './progress.ts';
import { storeInMemory } from './store/storeInMemory.ts';
import { Tokenizer } from './tokenizer/tokenizer.ts';
import { trainTokenizer } from './tokenizer/trainTokenizer.ts';

/** Data from texts in memory, one document each; runs in a browser. `tokenizer` is a trained one or what to train. */
export async function dataFromTexts(
  texts: readonly string[],
  options: BatchOptions & { readonly tokenizer: TokenizerOptions | Tokenizer },
  onProgress: OnProgress = () => {},
): Promise<OpenedData> {
  const tokenizer =
    options.tokenizer instanceof Tokenizer
      ? options.tokenizer
      : await trainTokenizer(piecesOfTexts(texts), options.tokenizer, onProgress);
  return assembleData(tokenizer, await storeInMemory(piecesOfTexts(texts), tokenizer), options, onProgress);
}
