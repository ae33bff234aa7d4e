import { firstElement, lastElement } from './elementwise';
import { Rotate } from './jobs.generated';
import { storeUpTo } from './arithmetic/vector';

/** Turns the points (x[i], x[i + headSize / 2]) of each head by the angles of the row's position, NaN for one outside the table; chunks of rows. y may be x */
export function rotate(chunk: i32): void {
  const headSize = Rotate.headSize;
  const half = headSize / 2;
  const across = 2 * <usize>headSize; // bytes of half a head
  const width = <usize>Rotate.heads * 2 * across;
  const sign = f32x4.splat(Rotate.inverse ? -1 : 1);
  for (let row = firstElement(chunk), last = lastElement(chunk); row < last; row++) {
    const position = load<i32>(Rotate.positions + <usize>row * 4);
    const there = <u32>position < <u32>Rotate.tableRows;
    const cosines = Rotate.table + <usize>position * 2 * across;
    for (let head: usize = 0; head < width; head += 2 * across) {
      const x = Rotate.x + <usize>row * width + head;
      const y = Rotate.y + <usize>row * width + head;
      for (let i = 0; i < half; i += 4) {
        const at = <usize>i * 4;
        const cosine = there ? v128.load(cosines + at) : f32x4.splat(NaN);
        const sine = there ? f32x4.mul(sign, v128.load(cosines + across + at)) : cosine;
        const a = v128.load(x + at);
        const b = v128.load(x + across + at);
        storeUpTo(y + at, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)), half - i);
        storeUpTo(y + across + at, f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)), half - i);
      }
    }
  }
}
