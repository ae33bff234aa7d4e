/** IEEE 754 half precision on the host: not every Node has a Float16Array. */

const real = new Float32Array(1);
const bits = new Uint32Array(real.buffer);

/** The bits of the half nearest to `value`, ties to even; from 65520 on it is infinite. */
function toHalf(value: number): number {
  real[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const magnitude = bits[0] & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds to 65536
  // Below 2^-14 halves are spaced 2^-24 apart: adding 0.5 leaves the rounded multiple of 2^-24 in the last bits of the sum.
  if (magnitude < 0x38800000) {
    real[0] = Math.abs(value) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function fromHalf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** The halves nearest to `values`, padded with a 0 to an even count, since transfers consist of 32-bit words. */
export function toHalves(values: ArrayLike<number>): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(2 * Math.ceil(values.length / 2));
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i]);
  return halves;
}

export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, fromHalf);
}
