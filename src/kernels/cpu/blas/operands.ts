/** Fills both operands of a product with numbers within half of 0, always the same ones. */
export function fillOperands(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i++) a[i] = ((i * 7919) % 251) / 251 - 0.5;
  for (let i = 0; i < b.length; i++) b[i] = ((i * 6101) % 241) / 241 - 0.5;
}
