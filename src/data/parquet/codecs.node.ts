import * as zlib from 'node:zlib';
import { snappyUncompress } from 'hyparquet';
import type { Compressors } from 'hyparquet';

/** Newer than the types of the oldest Node that is supported: from 22.15 on. */
const { zstdDecompressSync } = zlib as {
  zstdDecompressSync?: (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
};

/** What unpacks a page to a given size; never to more. */
export const codecs: Compressors = {
  SNAPPY: (input, size) => {
    const output = new Uint8Array(size);
    snappyUncompress(input, output);
    return output;
  },
  GZIP: (input, size) => zlib.gunzipSync(input, { maxOutputLength: Math.max(1, size) }),
  BROTLI: (input, size) => zlib.brotliDecompressSync(input, { maxOutputLength: Math.max(1, size) }),
  ...(zstdDecompressSync && {
    ZSTD: (input: Uint8Array, size: number) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, size) }),
  }),
};
