import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attention } from '../../../src/autograd/ops/attention.ts';
import { Queries } from '../../../src/autograd/ops/queries.ts';
import { Parameter } from '../../../src/autograd/parameters/parameter.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';

const ES = 8;

/** Context, and the gradients of query, key and value, for sequences packed end to end, whose ends are given. */
async function everything(device: Device, ends: readonly number[]): Promise<Record<string, Float64Array>> {
  const length = ends.at(-1) ?? 0;
  const random = seedrandom('attention');
  const values = (): Float64Array => Float64Array.from({ length: length * ES }, () => Math.fround(2 * random() - 1));
  const [query, key, value] = ['query', 'key', 'value'].map((name) =>
    Parameter.of(device, name, [1, length, ES], values()),
  ) as [Parameter, Parameter, Parameter];
  const gradient = values();
  const spans = ends.flatMap((end, i) =>
    Array.from({ length: end - (ends[i - 1] ?? 0) }, () => [ends[i - 1] ?? 0, end]),
  );
  const tape = new Tape(device, { step: 1 });
  const options = { heads: 2, scale: 0.5, dropout: { rate: 0.1, key: tape.key('attention') } };
  const queries = new Queries(tape.input(Int32Array.from(spans.flat()), [1, length, 2]));
  const context = attention(tape.use(query), tape.use(key), tape.use(value), queries, options);
  const read = context.read();
  tape.backward(context, gradient);
  return {
    context: await read,
    query: await query.readGradient(),
    key: await key.readGradient(),
    value: await value.readGradient(),
  };
}

const sequences: Record<string, readonly number[]> = {
  'of 512 tokens: blocks of 128 queries, as large as they may be': [512],
  'of 700: blocks of fewer queries': [700],
  'of many lengths one behind the other': [1, 63, 191, 448, 449, 705],
};
for (const [what, ends] of Object.entries(sequences))
  for (const tile of ['narrow', 'wide'] as const)
    test(`attention over sequences ${what}, in ${tile} tiles, agrees with reference`, async () => {
      const device = await openCpu({ threads: 2, products: 'wasm', tile });
      const [expected, found] = [await everything(openReference(), ends), await everything(device, ends)];
      await device.close();
      for (const [name, values] of Object.entries(expected)) {
        const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
        const error = values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - found[name][i])), 0);
        assert.ok(error < 2e-6 * most, `${name}: error ${error}, largest value ${most}`);
      }
    });

test.run();
