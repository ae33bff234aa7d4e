/** Fills both operands with whole numbers from -4 to 4: their products are exact in any order and precision. */
export function fillWhole(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i++) a[i] = ((i * 7919) % 9) - 4;
  for (let i = 0; i < b.length; i++) b[i] = ((i * 6101) % 9) - 4;
}

/** Fills both operands of a product with fixed numbers from -0.5 to 0.5. */
export function fillOperands(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i++) a[i] = ((i * 7919) % 251) / 251 - 0.5;
  for (let i = 0; i < b.length; i++) b[i] = ((i * 6101) % 241) / 241 - 0.5;
}
