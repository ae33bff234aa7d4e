import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { TextPiece } from '../corpus/textPiece.ts';
import { alone } from '../parcels/inOrder.ts';
import type { InOrder } from '../parcels/inOrder.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { Ascending } from './ascending.ts';
import { encodeDocuments } from './encodeDocuments.ts';
import { HEADER_BYTES, idBytesOf, padding, writeFields } from './header.ts';
import { CACHE_ADVICE } from './leftovers.node.ts';
import { writeAtomically } from './writeAtomically.node.ts';

/** Encodes a corpus into a token store's file, block by block. Throws a BertrandError where it cannot be written. */
export function writeTokenStore(
  path: string,
  pieces: AsyncIterable<TextPiece>,
  tokenizer: Tokenizer,
  inOrder: InOrder = alone,
): Promise<void> {
  const encode = async (file: FileHandle): Promise<void> => {
    const idBytes = idBytesOf(tokenizer.vocabSize);
    const counts = new Float64Array(tokenizer.vocabSize);
    const offsets = Ascending.of([0]);
    const hash = createHash('sha256');
    let tokens = 0;
    const append = async (bytes: Buffer): Promise<void> => {
      hash.update(bytes);
      await writeAll(file, bytes);
    };
    await writeAll(file, Buffer.alloc(HEADER_BYTES));
    for await (const { ids, ends } of encodeDocuments(pieces, tokenizer, inOrder)) {
      for (const end of ends) offsets.push(tokens + end);
      for (const id of ids) counts[id]++;
      tokens += ids.length;
      await append(pack(ids, idBytes));
    }
    await append(Buffer.alloc(padding(tokens * idBytes)));
    await append(packDoubles(counts));
    for (let at = 0; at < offsets.length; at += DOUBLES)
      await append(
        packDoubles(Array.from({ length: Math.min(DOUBLES, offsets.length - at) }, (_, i) => offsets.at(at + i))),
      );
    const documents = offsets.length - 1;
    const fields = writeFields({ idBytes, vocabSize: counts.length, documents });
    const header = Buffer.concat([fields, hash.update(fields).digest()]);
    await file.write(header, 0, HEADER_BYTES, 0);
  };
  return writeAtomically(path, encode, CACHE_ADVICE);
}

/** How many numbers are written at once. */
const DOUBLES = 1 << 13;

async function writeAll(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

function pack(ids: Int32Array, idBytes: 2 | 4): Buffer {
  const bytes = Buffer.allocUnsafe(ids.length * idBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (idBytes === 2) for (let i = 0; i < ids.length; i++) view.setUint16(2 * i, ids[i], true);
  else for (let i = 0; i < ids.length; i++) view.setUint32(4 * i, ids[i], true);
  return bytes;
}

function packDoubles(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.allocUnsafe(values.length * 8);
  for (let i = 0; i < values.length; i++) bytes.writeDoubleLE(values[i], i * 8);
  return bytes;
}
