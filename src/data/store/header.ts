/**
 * A token store's file: this header of 64 bytes, the ids, the counts and the documents' offsets, all little-endian.
 *
 *     0  magic "BERTRAND"          16  vocabulary size, u32       32  SHA-256 of what follows the header, and then
 *     8  version, u32              20  documents, f64                of its first 32 bytes
 *    12  bytes an id, u32: 2 or 4  28  zeros
 *
 * What follows: ids (u16 or u32), then zeros up to a multiple of 8, counts (vocabulary x f64), offsets ((documents + 1) x f64).
 */
export interface StoreHeader {
  readonly idBytes: 2 | 4;
  readonly vocabSize: number;
  readonly documents: number;
}

export const FIELD_BYTES = 32;
export const HEADER_BYTES = 64;
const MAGIC = 'BERTRAND';
const VERSION = 1;

/** Bytes an id takes. */
export const idBytesOf = (vocabSize: number): 2 | 4 => (vocabSize <= 2 ** 16 ? 2 : 4);

/** The header up to the digest. */
export function writeFields({ idBytes, vocabSize, documents }: StoreHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FIELD_BYTES);
  bytes.set(new TextEncoder().encode(MAGIC));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, idBytes, true);
  view.setUint32(16, vocabSize, true);
  view.setFloat64(20, documents, true);
  return bytes;
}

/** The fields of a header whose digest was found right, or a short description of why the header is not ours. */
export function readHeader(bytes: Uint8Array): StoreHeader | string {
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) return 'it is no token store';
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(8, true);
  if (version !== VERSION) return `its version is ${version}, not ${VERSION}`;
  return {
    idBytes: view.getUint32(12, true) === 2 ? 2 : 4,
    vocabSize: view.getUint32(16, true),
    documents: view.getFloat64(20, true),
  };
}

/** Bytes of zeros after so many bytes of ids. */
export const padding = (bytes: number): number => (8 - (bytes % 8)) % 8;
