import { concatenated } from './concatenated.ts';

/** Bytes in which the header of a frame ends, or that of a block. */
const LONGEST_HEADER = 18;
const BLOCK_HEADER = 3;

/**
 * The same bytes of zstd, cut where a frame ends and another begins: Node passes over what is behind a frame in one chunk.
 * What is no zstd comes through uncut; whoever unpacks it refuses it.
 */
export async function* zstdFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let skip = 0; // bytes of the block that has begun, and of the sum behind it
  let last = true; // no frame has begun, or its last block has
  let sum = 0; // bytes behind the last block
  let known = true;
  for await (const chunk of bytes) {
    const all = rest.length === 0 ? chunk : concatenated([rest, chunk]);
    let from = 0;
    let at = 0;
    while (known) {
      const passed = Math.min(skip, all.length - at);
      at += passed;
      skip -= passed;
      if (skip > 0 || all.length - at < (last ? LONGEST_HEADER : BLOCK_HEADER)) break;
      if (!last) {
        const header = all[at] | (all[at + 1] << 8) | (all[at + 2] << 16);
        last = (header & 1) === 1;
        skip = BLOCK_HEADER + (((header >> 1) & 3) === 1 ? 1 : header >> 3) + (last ? sum : 0);
        continue;
      }
      if (at > from) yield all.subarray(from, at);
      from = at;
      const frame = frameAt(all, at);
      if (frame === undefined) known = false;
      else ({ skip, sum, last } = frame);
    }
    const kept = known && skip === 0 ? all.length - at : 0;
    if (all.length - kept > from) yield all.subarray(from, all.length - kept);
    rest = all.slice(all.length - kept);
  }
  if (rest.length > 0) yield rest;
}

/** A frame's header (RFC 8878), or a frame that is to be skipped; undefined where there is neither. */
function frameAt(bytes: Uint8Array, at: number): { skip: number; sum: number; last: boolean } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const magic = view.getUint32(0, true);
  if (magic >>> 4 === 0x184d2a5) return { skip: 8 + view.getUint32(4, true), sum: 0, last: true };
  if (magic !== 0xfd2fb528) return undefined;
  const descriptor = view.getUint8(4);
  const single = (descriptor >> 5) & 1;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const size = descriptor >> 6 === 0 ? single : 1 << (descriptor >> 6);
  return { skip: 5 + (1 - single) + dictionary + size, sum: (descriptor & 4) === 0 ? 0 : 4, last: false };
}
