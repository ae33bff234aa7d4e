import type { TextPiece } from '../corpus/textPiece.ts';
import { encoding } from '../parcels/encoding.ts';
import { alone } from '../parcels/inOrder.ts';
import type { InOrder } from '../parcels/inOrder.ts';
import { parcelsOf } from '../parcels/parcel.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Token ids by the block, and where the documents in it end, counted from the block's beginning. */
export interface TokenBlock {
  readonly ids: Int32Array;
  readonly ends: Int32Array;
}

/** Encodes a corpus, block by block. Documents without a single token are left out. */
export async function* encodeDocuments(
  pieces: AsyncIterable<TextPiece>,
  tokenizer: Tokenizer,
  inOrder: InOrder = alone,
): AsyncGenerator<TokenBlock> {
  let last = 0; // where the document before ends, from the beginning of the block
  for await (const { ids, ends } of inOrder(parcelsOf(pieces), encoding(tokenizer))) {
    const kept = ends.filter((end, i) => end > (i === 0 ? last : ends[i - 1]));
    last = (ends.at(-1) ?? last) - ids.length;
    yield { ids, ends: kept };
  }
}
