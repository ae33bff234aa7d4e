import type { KernelParameters } from '../../src/kernels/contract.ts';
import type { Device, DeviceArray } from '../../src/kernels/device.ts';

type Arrays = Record<string, DeviceArray>;

/** attentionAtInput as attentionAt of each head by itself, whose keys and values are x. */
export async function ofEachHead(
  device: Device,
  { query, x, spans, tokens }: Arrays,
  { heads, queries, ...p }: KernelParameters<'attentionAtInput'>,
  attentionAt: (inputs: Arrays, p: KernelParameters<'attentionAt'>) => Arrays | Promise<Arrays>,
): Promise<{ context: DeviceArray }> {
  const rows = await device.read(query);
  const found: (readonly number[])[][] = [];
  for (let head = 0; head < heads; head++) {
    const own = Array.from({ length: queries }, (_, row) => {
      const at = (row * heads + head) * p.headSize;
      return [...rows.subarray(at, at + p.headSize)];
    });
    const inputs = { query: device.upload('f32', own.flat()), key: x, value: x, spans, tokens };
    const { context } = await attentionAt(inputs, { ...p, heads: 1, queries, rate: 0, keyLow: 0, keyHigh: 0 });
    const values = await device.read(context);
    found.push(own.map((_, row) => [...values.subarray(row * p.headSize, (row + 1) * p.headSize)]));
  }
  const context = Array.from({ length: queries }, (_, row) => found.flatMap((heads) => heads[row]));
  return { context: device.upload('f32', context.flat()) };
}
