/** The dtypes that Bertrand reads, with their bytes an element. Those without an array type are read as F32. */
export const BYTES = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, BF16: 2 } as const;
export type Dtype = keyof typeof BYTES;

export const isDtype = (name: unknown): name is Dtype => typeof name === 'string' && Object.hasOwn(BYTES, name);

/**
 * Bytes of the longest header that is written or read: twice what optimizer states of the largest model take that a config
 * can ask for. (The format allows 100 MB, which take a minute and a gigabyte to read.)
 */
export const LONGEST_HEADER = 10_000_000;
/** Tensors of a file, and keys of its metadata. */
export const MOST_TENSORS = 2 ** 16;
/** Dimensions of a tensor. */
export const MOST_DIMENSIONS = 16;

export type TensorData = Float32Array | Float64Array | Int32Array;

/** The elements of a tensor. Those of F32 are a view of `bytes` where these begin at a multiple of 4 in their buffer. */
export function decode(dtype: Dtype, bytes: Uint8Array): TensorData {
  const { byteOffset } = bytes;
  if (dtype === 'F32' && byteOffset % 4 === 0) return new Float32Array(bytes.buffer, byteOffset, bytes.length / 4);
  const { buffer } = new Uint8Array(bytes); // not slice: a Buffer's does not copy
  if (dtype === 'F64') return new Float64Array(buffer);
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'I32') return new Int32Array(buffer);
  if (dtype === 'I64') return Float32Array.from(new BigInt64Array(buffer), Number);
  if (dtype === 'F16') return Float32Array.from(new Uint16Array(buffer), halfToNumber);
  const words = Uint32Array.from(new Uint16Array(buffer), (half) => half * 65536); // a BF16 is the upper half of an F32
  return new Float32Array(words.buffer);
}

export function dtypeOf(data: TensorData): 'F32' | 'F64' | 'I32' {
  if (data instanceof Float64Array) return 'F64';
  return data instanceof Int32Array ? 'I32' : 'F32';
}

/** IEEE 754 binary16: 1 bit of sign, 5 of exponent (bias 15), 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits < 32768 ? 1 : -1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}
