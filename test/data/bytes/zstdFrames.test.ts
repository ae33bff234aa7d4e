import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { zstdFrames } from '../../../src/data/bytes/zstdFrames.ts';
import { collect, from } from '../collect.ts';

// made by zstd 1.5.4: a frame with its size and a sum, one of a stream, and an empty one
const FRAMES = ['KLUv/SAgAQEASXQgd2FzIGEgZGFyayBuaWdodC4KU28gaXQgd2FzLgo=', 'KLUv/QBYIQAAb25lCg==', 'KLUv/SAAAQAA'].map(
  (text) => Buffer.from(text, 'base64'),
);
const skippable = Buffer.concat([Buffer.from('502a4d1805000000', 'hex'), Buffer.from('notes')]);
const whole = Buffer.concat([FRAMES[0], skippable, FRAMES[1], FRAMES[2], FRAMES[0]]);
const ends = [FRAMES[0], skippable, FRAMES[1], FRAMES[2], FRAMES[0]].map(
  (
    (at) => (part: Uint8Array) =>
      (at += part.length)
  )(0),
);

/** The bytes as they come in chunks of a size, and where chunks begin. */
async function cut(bytes: Uint8Array, size: number): Promise<[Buffer, Set<number>]> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const parts = await collect(zstdFrames(from(chunks)));
  let at = 0;
  return [Buffer.concat(parts), new Set(parts.map((part) => (at += part.length) - part.length))];
}

test('each frame begins a chunk, however the bytes come, and none is lost', async () => {
  for (let size = 1; size <= whole.length; size++) {
    const [bytes, begins] = await cut(whole, size);
    assert.equal(bytes, whole);
    // the last frames may be shorter than a header may be
    for (const end of ends.filter((one) => whole.length - one >= 18))
      assert.ok(begins.has(end), `${end} of chunks of ${size}`);
  }
});

test('what is no zstd, or is cut short, comes through as it is', async () => {
  for (const bytes of [Buffer.from('no zstd at all, but some text'), whole.subarray(0, 50), Buffer.alloc(0)])
    for (const size of [1, 7, 100]) assert.equal((await cut(bytes, size))[0], Buffer.from(bytes));
});

test.run();
