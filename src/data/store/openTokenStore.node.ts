import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { BertrandError } from '../../error.ts';
import { hexadecimal } from '../digest.ts';
import { Ascending } from './ascending.ts';
import { FIELD_BYTES, HEADER_BYTES, padding, readHeader } from './header.ts';
import { PagedReader } from './pagedReader.node.ts';
import type { TokenStore } from './tokenStore.ts';

const CONTRADICTS = 'its sizes contradict each other';
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Opens a token store's file after verifying every byte. If it is not intact, returns a short description of what is wrong. */
export async function openTokenStore(path: string, vocabSize: number): Promise<TokenStore | string> {
  const file = await open(path, 'r');
  const store = await check(file, path, vocabSize).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  if (typeof store === 'string') await file.close();
  return store;
}

async function check(file: FileHandle, path: string, vocabSize: number): Promise<TokenStore | string> {
  const reader = new PagedReader(file, path);
  const { size } = await file.stat();
  if (size < HEADER_BYTES) return 'it is cut short';
  const bytes = await reader.read(0, HEADER_BYTES);
  const header = readHeader(bytes);
  if (typeof header === 'string') return header;
  const { idBytes, documents } = header;
  const digest = await digestOf(file, bytes.subarray(0, FIELD_BYTES));
  if (!digest.equals(bytes.subarray(FIELD_BYTES))) return 'its checksum does not match: it is damaged or cut short';
  if (header.vocabSize !== vocabSize) return `its vocabulary has ${header.vocabSize} tokens, not ${vocabSize}`;

  // the checksum shows damage, not who wrote it: the cache of a run from elsewhere is looked into too
  const tables = 8 * (vocabSize + documents + 1);
  if (!Number.isSafeInteger(documents) || documents < 0 || HEADER_BYTES + tables > size) return CONTRADICTS;
  const counts = await readDoubles(reader, size - tables, vocabSize);
  const offsets = await readOffsets(reader, size - 8 * (documents + 1), documents + 1);
  if (!counts.every(isCount) || !offsets) return CONTRADICTS;
  const tokens = offsets.last();
  if (HEADER_BYTES + tokens * idBytes + padding(tokens * idBytes) + tables !== size) return CONTRADICTS;
  return {
    tokens,
    offsets,
    counts,
    fingerprint: () => Promise.resolve(hexadecimal(digest)),
    async read(start, end) {
      const bytes = await reader.read(HEADER_BYTES + start * idBytes, HEADER_BYTES + end * idBytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const ids = new Int32Array(end - start);
      if (idBytes === 2) for (let i = 0; i < ids.length; i++) ids[i] = view.getUint16(2 * i, true);
      else for (let i = 0; i < ids.length; i++) ids[i] = view.getUint32(4 * i, true);
      if (ids.some((id) => id < 0 || id >= vocabSize))
        throw new BertrandError(`${path}: has ids of no token; remove it`);
      return ids;
    },
    close: () => file.close(),
  };
}

async function digestOf(file: FileHandle, fields: Buffer): Promise<Buffer> {
  const hash = createHash('sha256');
  const stream = file.createReadStream({ start: HEADER_BYTES, autoClose: false, highWaterMark: 1 << 20 });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.update(fields).digest();
}

/** How many numbers are read at once. */
const DOUBLES = 1 << 13;

/** Numbers that never fall, from 0; undefined where they are not. */
async function readOffsets(reader: PagedReader, start: number, count: number): Promise<Ascending | undefined> {
  const offsets = new Ascending();
  let last = 0;
  for (let at = 0; at < count; at += DOUBLES)
    for (const offset of await readDoubles(reader, start + 8 * at, Math.min(DOUBLES, count - at))) {
      if (!isCount(offset) || offset < last || (offsets.length === 0 && offset !== 0)) return undefined;
      offsets.push((last = offset));
    }
  return offsets;
}

async function readDoubles(reader: PagedReader, start: number, count: number): Promise<Float64Array> {
  const bytes = await reader.read(start, start + 8 * count);
  return Float64Array.from({ length: count }, (_, i) => bytes.readDoubleLE(i * 8));
}
