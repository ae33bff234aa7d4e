import type { TextPiece } from '../corpus/textPiece.ts';
import { BulkEncoder } from '../tokenizer/bulkEncoder.ts';
import { IdList } from '../tokenizer/idList.ts';
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
  const ids = new IdList();
  let ends: number[] = [];
  let isEmpty = true; // the document so far
  for await (const { text, ends: documentEnds } of pieces) {
    const before = ids.length;
    encoder.append(text, ids);
    if (ids.length > before) isEmpty = false;
    if (documentEnds && !isEmpty) {
      ends.push(ids.length);
      isEmpty = true;
    }
    if (ids.length < BLOCK) continue;
    yield { ids: ids.take(), ends };
    ends = [];
  }
  yield { ids: ids.take(), ends };
}
