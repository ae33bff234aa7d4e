import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KernelParameters } from '../../../src/kernels/contract.ts';
import { dropThreshold, hash } from '../../../src/kernels/random.ts';
import { attentionTiles } from '../../../src/kernels/webgpu/kernels/attention/attentionTile.ts';
import { attentionKernels } from '../../../src/kernels/webgpu/kernels/attention/attention.ts';
import {
  dropoutMask,
  maskParameters,
  maskValues,
  squareIndices,
} from '../../../src/kernels/webgpu/kernels/wgsl/dropoutMask.ts';
import { openForTests } from './openForTests.ts';
import { openQueue } from './openQueue.ts';

const webgpu = await openForTests();
const shape = { batch: 1, heads: 2, length: 200, headSize: 16, scale: 0.25 };
const drawn: KernelParameters<'attention'> = { ...shape, rate: 0.2, keyHigh: 77, keyLow: 1234567 };
const size = shape.length * shape.heads * shape.headSize;
const numbers = (step: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => ((i * step) % 101) / 50 - 1);
/** Sequences of 64, 64, 32 and 40 tokens packed end to end. */
const bounds = [0, 64, 128, 160, 200];
const packed = Int32Array.from({ length: 2 * shape.length }, (_, i) => {
  const sequence = bounds.findIndex((end) => end > i / 2 - (i % 2) / 2);
  return bounds[sequence - 1 + (i % 2)];
});

interface Host {
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly dcontext: Float32Array;
}
const host = (): Host => ({ query: numbers(7), key: numbers(13), value: numbers(29), dcontext: numbers(37) });

/** All outputs of attention, forward and backward. */
async function attend({ query, key, value, dcontext }: Host): Promise<Record<string, Float32Array>> {
  if (!webgpu) throw new Error('there is no device');
  const spans = webgpu.upload('i32', packed);
  const inputs = {
    query: webgpu.upload('f32', query),
    key: webgpu.upload('f32', key),
    value: webgpu.upload('f32', value),
    spans,
  };
  const { context, logSumExp } = webgpu.launch('attention', inputs, drawn);
  const back = { ...inputs, context, logSumExp, dcontext: webgpu.upload('f32', dcontext) };
  const { dquery, dkey, dvalue } = webgpu.launch('attentionBackward', back, drawn);
  const results: Record<string, Float32Array> = {};
  for (const [name, array] of Object.entries({ context, logSumExp, dquery, dkey, dvalue }))
    results[name] = ((await webgpu.read(array)) as Float32Array).slice(0, name === 'logSumExp' ? 400 : size);
  return results;
}

if (webgpu) {
  test('repeating attention, forward and backward, gives the same bits', async () => {
    const [first, second] = [await attend(host()), await attend(host())];
    assert.equal(first, second);
    assert.ok(first.dkey.some((value) => value !== 0));
  });

  test('packed sequences do not affect each other: NaN does not spread', async () => {
    const clean = await attend(host());
    const spoilt = host();
    const width = shape.heads * shape.headSize;
    for (const array of Object.values(spoilt)) array.fill(NaN, bounds[1] * width, bounds[2] * width);
    const found = await attend(spoilt);
    for (const name of ['context', 'dquery', 'dkey', 'dvalue'])
      for (let token = 0; token < shape.length; token++) {
        const inside = token >= bounds[1] && token < bounds[2];
        const [values, expected] = [found[name], clean[name]].map((all) =>
          all.slice(token * width, (token + 1) * width),
        );
        if (inside) assert.ok(values.every(Number.isNaN), `${name}, token ${token}`);
        else assert.equal(values, expected, `${name}, token ${token}`);
      }
  });

  test('tiles for the smallest workgroup memory give the same results, and the tuner is offered three', async () => {
    const large = await attend(host());
    const { queue, close } = await openQueue();
    const traits = { workgroupBytes: 16384, leastSubgroup: 0, invocations: 256, arrays: 8 };
    let most = 0;
    const tuner = {
      run: (_: string, ways: readonly number[], __: number, work: (way: number) => void) => {
        most = Math.max(most, ways.length);
        work(ways[0]);
      },
    };
    const { attention, attentionBackward } = attentionKernels(queue, traits, tuner);
    const upload = (values: Float32Array | Int32Array) => {
      const array = queue.allocate(values instanceof Float32Array ? 'f32' : 'i32', values.length);
      queue.write(array, values);
      return array;
    };
    const { query, key, value, dcontext } = host();
    const inputs = { query: upload(query), key: upload(key), value: upload(value), spans: upload(packed) };
    const [context, dquery, dkey, dvalue] = Array.from({ length: 4 }, () => queue.allocate('f32', size));
    const logSumExp = queue.allocate('f32', shape.length * shape.heads);
    const back = { ...inputs, context, logSumExp, dcontext: upload(dcontext) };
    attention?.(inputs, drawn, { context, logSumExp });
    attentionBackward?.(back, drawn, { dquery, dkey, dvalue });
    for (const [name, array] of Object.entries({ context, dquery, dkey, dvalue })) {
      const found = await queue.read(array, size);
      const worst = large[name].reduce((most, expected, i) => Math.max(most, Math.abs(found[i] - expected)), 0);
      assert.ok(worst < 2e-6, `${name} is off by ${worst}`);
    }
    assert.is(most, 3);
    close();
  });

  test('masks of more than 2^32 probabilities match random.ts', async () => {
    const { queue, close } = await openQueue();
    const key = { keyHigh: 7654321, keyLow: 13579135 };
    const ask = queue.shader({
      label: 'indices',
      inputs: { rows: 'i32', columns: 'i32' },
      outputs: { hashes: 'i32' },
      parameters: { length: 'u32', ...maskParameters },
      workgroup: 64,
      declarations: dropoutMask + squareIndices,
      main: `
  let at = indices(vec4u(u32(rows[lane])), vec4u(u32(columns[lane])));
  hashes[lane] = i32(hash(at.above, at.counter).x);`,
    });
    for (const length of [1, 777, 65536, 2 ** 20]) {
      const mostRows = Math.min(2 ** 31, 2 ** 36 / length) - 1;
      const rows = Int32Array.from({ length: 64 }, (_, i) => Math.floor((mostRows * i) / 63));
      const columns = Int32Array.from({ length: 64 }, (_, i) => (length - 1) * (i % 2));
      const [given, also, hashes] = [0, 1, 2].map(() => queue.allocate('i32', 64));
      queue.write(given, rows);
      queue.write(also, columns);
      ask({ rows: given, columns: also, hashes }, { length, ...maskValues({ rate: 0.5, ...key }) }, 1);
      const found = await queue.read(hashes, 64);
      const expected = Array.from(rows, (row, i) => hash(key, row * length + columns[i]));
      assert.equal(Array.from(found), expected, `rows of ${length}`);
    }
    assert.is(dropThreshold(0.5), 2 ** 23);
    close();
  });

  test.after(() => webgpu.close());
}

test('heads of up to 256 elements and more have tiles that fit the smallest workgroup memory', () => {
  const small = { residents: 2, halves: false, workgroupBytes: 16384 };
  for (const headSize of [1, 31, 32, 33, 64, 100, 128, 256])
    for (const residents of [1, 2])
      for (const tile of attentionTiles(headSize, { ...small, residents })) {
        const { rows, columns, across, chunk, chunks } = tile;
        assert.ok(chunk * chunks >= headSize && columns % across === 0 && chunk / 4 >= across && rows % 4 === 0);
      }
  assert.throws(() => attentionTiles(4096, small), /heads of 4096 elements do not fit .* model.heads/);
});

test('with 32 KiB, workgroups have 128 invocations, and halves have 64 rows', () => {
  const room = { halves: false, workgroupBytes: 32768 };
  const heads = { columns: 32, chunk: 64, chunks: 1 };
  for (const residents of [1, 2]) {
    assert.equal(attentionTiles(64, { ...room, residents })[0], { ...heads, rows: 32, across: 16 });
    assert.equal(attentionTiles(64, { ...room, residents, halves: true })[0], { ...heads, rows: 64, across: 8 });
  }
});

test.run();
