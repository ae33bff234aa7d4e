import { concatenated } from './concatenated.ts';

/** How many bytes of a stream are looked at. */
const LOOKED_AT = 1 << 16;

/**
 * Looks at the first bytes of a stream, and goes on with what `choose` makes of all of it.
 * @param choose is given the first 64 KiB, whether that is everything, and the whole stream
 */
export async function* byBeginning<T>(
  bytes: AsyncIterable<Uint8Array>,
  choose: (beginning: Uint8Array, whole: boolean, bytes: AsyncIterable<Uint8Array>) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const source = bytes[Symbol.asyncIterator]();
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    let whole = false;
    while (size <= LOOKED_AT && !whole) {
      const { value, done } = await source.next();
      if (done === true) whole = true;
      else {
        chunks.push(value);
        size += value.length;
      }
    }
    const again = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunks.splice(0);
      if (!whole) yield* { [Symbol.asyncIterator]: () => source };
    };
    yield* choose(concatenated(chunks).subarray(0, LOOKED_AT), whole, again());
  } finally {
    await source.return?.();
  }
}
