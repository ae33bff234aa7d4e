import type { TextPiece } from '../corpus/textPiece.ts';
import { alone } from '../parcels/inOrder.ts';
import type { InOrder } from '../parcels/inOrder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { Ascending } from './ascending.ts';
import { encodeDocuments } from './encodeDocuments.ts';
import { memoryTokenStore, type TokenStore } from './tokenStore.ts';

/** Encodes a corpus into memory. */
export async function storeInMemory(
  pieces: AsyncIterable<TextPiece>,
  tokenizer: Tokenizer,
  inOrder: InOrder = alone,
): Promise<TokenStore> {
  const blocks: Int32Array[] = [];
  const offsets = Ascending.of([0]);
  let tokens = 0;
  for await (const { ids, ends } of encodeDocuments(pieces, tokenizer, inOrder)) {
    for (const end of ends) offsets.push(tokens + end);
    blocks.push(ids);
    tokens += ids.length;
  }
  const all = new Int32Array(tokens);
  let at = 0;
  for (const ids of blocks) {
    all.set(ids, at);
    at += ids.length;
  }
  return memoryTokenStore(all, offsets, tokenizer.vocabSize);
}
