/** c = scale * op(a) @ op(b) + add * c by the system's BLAS, which the host connects; row strides are in elements. */
export declare function sgemm(
  transposeA: i32,
  transposeB: i32,
  m: i32,
  n: i32,
  k: i32,
  scale: f32,
  a: usize,
  aRow: i32,
  b: usize,
  bRow: i32,
  add: f32,
  c: usize,
  cRow: i32,
): void;
