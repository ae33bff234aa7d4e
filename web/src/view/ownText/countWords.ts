import { bytesOfBlob } from '../../../../src/data/bytes/bytesOfBlob.ts';
import { decodeUtf8 } from '../../../../src/data/bytes/decodeUtf8.ts';
import { expectPlainText } from '../../../../src/data/corpus/otherFormats.ts';
import type { PathAndBlob } from '../../protocol.ts';

/** Chinese and Japanese have no spaces between words: the tokenizer, too, takes each of their characters by itself. */
const ALONE = String.raw`\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff`;
const WORD = new RegExp(`[${ALONE}]|[^\\s${ALONE}]+`, 'g');
const GOES_ON = new RegExp(`^[^\\s${ALONE}]`);
const IS_CUT = new RegExp(`[^\\s${ALONE}]$`);

/**
 * How many words a text has, counted piece by piece, so that a page stays responsive.
 * Throws the BertrandError with which training would refuse a file that is no plain text.
 */
export async function countWords({ path, blob }: PathAndBlob): Promise<number> {
  let words = 0;
  let cut = false;
  for await (const text of decodeUtf8(expectPlainText(bytesOfBlob(blob), path), path)) {
    words += wordsIn(text) - (cut && GOES_ON.test(text) ? 1 : 0);
    cut = text === '' ? cut : IS_CUT.test(text.slice(-1));
    await new Promise((resolve) => setTimeout(resolve)); // lets the page draw and hear
  }
  return words;
}

function wordsIn(text: string): number {
  let words = 0;
  WORD.lastIndex = 0;
  while (WORD.test(text)) words += 1;
  return words;
}
