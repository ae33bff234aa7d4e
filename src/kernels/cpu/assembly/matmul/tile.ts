import { multiplyAdd } from '../arithmetic/vector';

/**
 * c = before + the sums of a 5 x 8 tile, where `before` is one row that is added to all. Ten accumulators hide the latency of
 * the multiply-adds, and with two vectors of b and one of a they fit V8's 16 registers. V8 keeps them there only if k is not
 * unrolled, loads are next to their use, only stores follow the loop, and this is a separate function: breaking any of these
 * rules costs a third of the speed. At 55 GFLOP/s there is almost nothing left to gain.
 */
export function tile(
  depth: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  c: usize,
  row: usize,
  before: usize,
): void {
  let c00 = v128.load(before);
  let c01 = v128.load(before, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  let c40 = c00;
  let c41 = c01;
  let second = a + aRow;
  let third = second + aRow;
  let fourth = third + aRow;
  let fifth = fourth + aRow;
  for (const end = b + <usize>depth * 32; b < end; b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load_splat<f32>(a);
    a += aStep;
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load_splat<f32>(second);
    second += aStep;
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load_splat<f32>(third);
    third += aStep;
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load_splat<f32>(fourth);
    fourth += aStep;
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
    const a4 = v128.load_splat<f32>(fifth);
    fifth += aStep;
    c40 = multiplyAdd(a4, b0, c40);
    c41 = multiplyAdd(a4, b1, c41);
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  c += row;
  v128.store(c, c10);
  v128.store(c, c11, 16);
  c += row;
  v128.store(c, c20);
  v128.store(c, c21, 16);
  c += row;
  v128.store(c, c30);
  v128.store(c, c31, 16);
  c += row;
  v128.store(c, c40);
  v128.store(c, c41, 16);
}
