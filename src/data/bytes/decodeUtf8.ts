import { BertrandError } from '../../error.ts';
import { concatenated } from './concatenated.ts';

/** Decodes a file's bytes as they come. Throws a BertrandError that names the file and the offset of a NUL or a byte that is not UTF-8. */
export async function* decodeUtf8(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string> {
  let offset = 0; // of `carry` in the file
  let carry: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = carry.length === 0 ? chunk : concatenated([carry, chunk]);
    const nul = bytes.indexOf(0);
    if (nul >= 0)
      throw new BertrandError(
        `${name}: binary: a NUL byte at offset ${offset + nul}; expected plain text in UTF-8 (convert UTF-16 first)`,
      );
    const whole = bytes.length - incompleteTail(bytes);
    yield decode(bytes.subarray(0, whole), name, offset);
    carry = bytes.slice(whole);
    offset += whole;
  }
  if (carry.length > 0) throw notUtf8(name, offset, carry[0]);
}

function decode(bytes: Uint8Array, name: string, offset: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const bad = firstInvalid(bytes);
    throw notUtf8(name, offset + bad, bytes[bad]);
  }
}

/** Bytes at the end that begin a character without finishing it: 0 to 3. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** Index of the first byte that is not UTF-8: after the longest prefix that decodes. */
function firstInvalid(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  let text = '';
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    try {
      // `stream` accepts an unfinished last character, so only real errors throw.
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, middle), {
        stream: true,
      });
      valid = middle;
    } catch {
      invalid = middle;
    }
  }
  return new TextEncoder().encode(text).length;
}

function notUtf8(name: string, offset: number, byte: number): BertrandError {
  const hex = byte.toString(16).padStart(2, '0');
  return new BertrandError(`${name}: not UTF-8 at byte offset ${offset} (0x${hex})`, {
    advice: 'convert the file to UTF-8',
  });
}
