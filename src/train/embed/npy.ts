/** Bytes before the numbers: enough for any sizes, and a multiple of 64. */
export const NPY_HEADER = 128;

/**
 * The header of a .npy file with a float32 matrix in C order, little-endian (NumPy's format, version 1.0). Its length is the
 * same for any sizes, so that the number of rows may be written last.
 */
export function npyHeader(rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const bytes = new Uint8Array(NPY_HEADER);
  const length = NPY_HEADER - 10;
  bytes.set([0x93, ...ascii('NUMPY'), 1, 0, length & 0xff, length >> 8]);
  bytes.set(ascii(`${text.padEnd(length - 1)}\n`), 10);
  return bytes;
}

/** The numbers as the file holds them. */
export function npyValues(values: Float32Array): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) bytes.setFloat32(4 * i, value, true);
  return new Uint8Array(bytes.buffer);
}

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));
