import { BertrandError } from '../../../../src/error.ts';
import { concatenated } from '../../../../src/data/bytes/concatenated.ts';
import type { HostTensor, HostTensors } from '../../../../src/train/modelState.ts';

/*
 * Tensors in a byte per number: the length of a header (4 bytes, little-endian), the header as JSON, [name, shape] of each tensor,
 * and for each tensor a float32 for each of its rows, by which the row's int8 are multiplied, then these.
 */

const LARGEST = 127;

const rowsOf = (shape: readonly number[]): number =>
  shape.length > 1 ? shape.slice(0, -1).reduce((a, b) => a * b, 1) : 1;

export function toBytes(tensors: HostTensors): Uint8Array {
  const entries = [...tensors].map(([name, { shape }]) => [name, shape]);
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return concatenated([length, header, ...[...tensors.values()].flatMap(packed)]);
}

function packed({ shape, data }: HostTensor): Uint8Array[] {
  const rows = rowsOf(shape);
  const columns = data.length / rows;
  const scales = new DataView(new ArrayBuffer(4 * rows));
  const bytes = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    const numbers = data.subarray(row * columns, (row + 1) * columns);
    const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST;
    scales.setFloat32(4 * row, scale, true);
    for (const [i, value] of numbers.entries()) bytes[row * columns + i] = scale === 0 ? 0 : Math.round(value / scale);
  }
  return [new Uint8Array(scales.buffer), new Uint8Array(bytes.buffer)];
}

/** Throws a BertrandError if the bytes are not those of `toBytes`. */
export function fromBytes(bytes: Uint8Array): HostTensors {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (): never => {
    throw new BertrandError('the trained model is damaged', { advice: 'reload the page' });
  };
  if (bytes.length < 4) return refuse();
  const begin = 4 + view.getUint32(0, true);
  if (begin > bytes.length) return refuse();
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, begin))) as [string, number[]][];
  const sizes = header.map(([, shape]) => 4 * rowsOf(shape) + shape.reduce((a, b) => a * b, 1));
  if (sizes.reduce((a, b) => a + b, begin) !== bytes.length) return refuse();
  let at = begin;
  return new Map(
    header.map(([name, shape], i) => {
      const [rows, size] = [rowsOf(shape), sizes[i]];
      const numbers = new Int8Array(bytes.buffer, bytes.byteOffset + at + 4 * rows, size - 4 * rows);
      const columns = numbers.length / rows;
      const data = Float32Array.from(
        numbers,
        (value, j) => value * view.getFloat32(at + 4 * Math.floor(j / columns), true),
      );
      at += size;
      return [name, { shape, data }] as const;
    }),
  );
}
