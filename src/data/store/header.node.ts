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

/** The header up to the digest. */
export function writeFields({ idBytes, vocabSize, documents }: StoreHeader): Buffer {
  const bytes = Buffer.alloc(FIELD_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(idBytes, 12);
  bytes.writeUInt32LE(vocabSize, 16);
  bytes.writeDoubleLE(documents, 20);
  return bytes;
}

/** The fields of a header whose digest was found right, or in a few words why it is none of ours. */
export function readHeader(bytes: Buffer): StoreHeader | string {
  if (bytes.toString('latin1', 0, 8) !== MAGIC) return 'it is no token store';
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) return `its version is ${version}, not ${VERSION}`;
  return {
    idBytes: bytes.readUInt32LE(12) === 2 ? 2 : 4,
    vocabSize: bytes.readUInt32LE(16),
    documents: bytes.readDoubleLE(20),
  };
}

/** Bytes of zeros after so many bytes of ids. */
export const padding = (bytes: number): number => (8 - (bytes % 8)) % 8;
