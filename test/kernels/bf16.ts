const real = new Float32Array(1);
const bits = new Uint32Array(real.buffer);

/** The bf16 nearest to a number that f32 has, ties to even. */
export function toBf16(value: number): number {
  if (Number.isNaN(value)) return NaN;
  real[0] = value;
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000;
  return real[0];
}
