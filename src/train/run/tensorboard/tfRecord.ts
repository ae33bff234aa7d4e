import { crc32c } from './crc32c.ts';

/** Length (8 bytes), its sum (4), the data, and its sum (4). */
const AROUND = 16;

/** A record of TensorFlow's TFRecord files; numbers are little-endian (tensorflow.org/tutorials/load_data/tfrecord). */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + AROUND);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return record;
}

/** The format stores no plain sums: those of data that holds sums would be too easily right. */
const masked = (sum: number): number => (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
