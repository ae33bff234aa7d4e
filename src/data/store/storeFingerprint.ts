import { sha256 } from '../digest.ts';
import { idBytesOf, padding, writeFields } from './header.ts';

/** The digest that a token store's file with these contents would have, so that stores in memory and on disk can be compared. */
export function storeFingerprint(ids: Int32Array, counts: Float64Array, offsets: Float64Array): Promise<string> {
  const idBytes = idBytesOf(counts.length);
  const packed = idBytes === 2 ? Uint16Array.from(ids) : ids;
  const fields = writeFields({ idBytes, vocabSize: counts.length, documents: offsets.length - 1 });
  const parts = [packed, new Uint8Array(padding(packed.byteLength)), counts, offsets, fields];
  const bytes = new Uint8Array(parts.reduce((size, { byteLength }) => size + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return sha256(bytes);
}
