// The functions that the kernels import from the second module; see pairs.ts.

/** See wideTile.ts. */
export declare function wideTile(
  depth: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  c: usize,
  row: usize,
  before: usize,
): void;

/** See expRow.ts. */
export declare function expRow(x: usize, y: usize, count: i32, scale: f32, shift: f32): void;

/** See drawPart.ts. */
export declare function drawPart(keys: usize, start: i32, count: i32, target: usize): void;
