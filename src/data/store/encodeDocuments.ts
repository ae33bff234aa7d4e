import type { TextPiece } from '../corpus/textPiece.ts';
import { BulkEncoder } from '../tokenizer/bulkEncoder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Token ids by the block, and where the documents in it end, counted from the block's beginning. */
export interface TokenBlock {
  readonly ids: Int32Array;
  readonly ends: readonly number[];
}

const BLOCK = 1 << 16;

/** Encodes a corpus, block by block. Documents without a single token are left out. */
export async function* encodeDocuments(
  pieces: AsyncIterable<TextPiece>,
  tokenizer: Tokenizer,
): AsyncGenerator<TokenBlock> {
  const encoder = new BulkEncoder(tokenizer);
  let ids = new Int32Array(BLOCK * 2);
  let size = 0;
  let ends: number[] = [];
  let documentSize = 0;
  for await (const { text, ends: documentEnds } of pieces) {
    for (const chunk of encoder.encode(text)) {
      if (size + chunk.length > ids.length) {
        const grown = new Int32Array(2 * (size + chunk.length));
        grown.set(ids.subarray(0, size));
        ids = grown;
      }
      ids.set(chunk, size);
      size += chunk.length;
      documentSize += chunk.length;
    }
    if (documentEnds && documentSize > 0) {
      ends.push(size);
      documentSize = 0;
    }
    if (size < BLOCK) continue;
    yield { ids: ids.slice(0, size), ends };
    size = 0;
    ends = [];
  }
  yield { ids: ids.slice(0, size), ends };
}
