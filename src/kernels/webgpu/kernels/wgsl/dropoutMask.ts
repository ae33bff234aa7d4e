import type { RandomKey } from '../../../random.ts';
import { dropThreshold } from '../../../random.ts';
import type { Scalar } from '../../engine/shader.ts';

/** The parameters of a shader that draws a dropout mask. */
export const maskParameters = {
  threshold: 'u32',
  factor: 'f32',
  keyHigh: 'u32',
  keyLow: 'u32',
} as const satisfies Record<string, Scalar>;

export function maskValues({ rate, keyHigh, keyLow }: RandomKey & { readonly rate: number }) {
  return { threshold: dropThreshold(rate), factor: rate < 1 ? 1 / (1 - rate) : 0, keyHigh, keyLow };
}

const roundKeys = [
  'k0 + above',
  'k1 + 5u * above',
  'vec4u(k2)',
  'k3 + 3u * above',
  'vec4u(k0 + k2 + 1013u)',
  'vec4u(k1 + k3 + 2531u)',
];

/**
 * WGSL of dropout masks, four elements at a time: the hash of random.ts in integers, with `& 4095` for its % 4096. An
 * element's index is in two parts, its lowest 24 bits (`counter`) and the bits `above`, since it may exceed 2^32.
 */
export const dropoutMask = `
fn hash(above: vec4u, counter: vec4u) -> vec4u {
  let k0 = p.keyLow & 4095u;
  let k1 = p.keyLow >> 12u;
  let k2 = p.keyHigh & 4095u;
  let k3 = p.keyHigh >> 12u;
  var high = counter >> vec4u(12u);
  var low = counter & vec4u(4095u);
  var mixed: vec4u;
  // Sums stay far below 2^32, so that what a round adds to need not be cut to 12 bits before the end.
  ${roundKeys.map((key) => `mixed = (low + ${key}) & vec4u(4095u); mixed = high + ((mixed * mixed) >> vec4u(6u)); high = low; low = mixed;`).join('\n  ')}
  return ((high & vec4u(4095u)) << vec4u(12u)) | (low & vec4u(4095u));
}

/** Dropout of four elements with these indices. */
fn dropout(value: vec4f, above: vec4u, counter: vec4u) -> vec4f {
  if (p.threshold == 0u) { return value; }
  return select(p.factor * value, vec4f(), hash(above, counter) < vec4u(p.threshold));
}

/** The same for indices below 2^32. */
fn dropoutAt(value: vec4f, index: vec4u) -> vec4f {
  return dropout(value, index >> vec4u(24u), index & vec4u(0xffffffu));
}

/** The same for elements 4 i to 4 i + 3. */
fn dropoutOfVector(value: vec4f, i: u32) -> vec4f {
  return dropoutAt(value, 4u * i + vec4u(0u, 1u, 2u, 3u));
}
`;

/** WGSL that computes the indices of elements (row, column) in arrays with rows of p.length (up to 2^20); indices may exceed 2^32. */
export const squareIndices = `
struct Indices { above: vec4u, counter: vec4u }

fn indices(rows: vec4u, columns: vec4u) -> Indices {
  let upper = (rows >> vec4u(12u)) * p.length; // in units of 2^12
  let lower = (rows & vec4u(4095u)) * p.length;
  let sum = ((upper & vec4u(4095u)) << vec4u(12u)) + (lower & vec4u(0xffffffu)) + columns;
  return Indices((upper >> vec4u(12u)) + (lower >> vec4u(24u)) + (sum >> vec4u(24u)), sum & vec4u(0xffffffu));
}
`;
