import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { attention } from '../../../src/autograd/ops/attention.ts';
import { linear } from '../../../src/autograd/ops/linear.ts';
import { Queries } from '../../../src/autograd/ops/queries.ts';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Tensor } from '../../../src/autograd/tensor.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { launches } from './launches.ts';

const cpu = await openCpu({ threads: 1, products: 'wasm' });

/** The kernels that rows of the op checks launch in forward and backward, except products, sums over rows and accumulation. */
const fused: Record<string, readonly string[]> = {
  dropoutAdd: ['dropout', 'dropoutAdd'],
  geluDropout: ['geluDropout', 'geluDropoutBackward'],
  linearGelu: ['geluDropoutBackward', 'linearGelu'],
  'linearGelu and dropout': ['geluDropoutBackward', 'linearGelu'],
  'linearGelu without bias': ['gelu', 'geluBackward'],
  'dropoutAddLayerNorm of norm': ['dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  'dropoutAddLayerNorm without dropout': ['dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  'dropoutAddLayerNorm of both': ['add', 'dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  feedForward: ['geluDropoutBoth', 'linear', 'linearGelu'],
  'feedForward without biases': ['geluDropout', 'geluDropoutBoth'],
  linearCrossEntropy: ['crossEntropy', 'crossEntropyInPlace', 'linear'],
  attention: ['attention', 'attentionBackward'],
  'attention of queries 1, 3, 5': ['attentionAt', 'attentionAtBackward'],
  'attention of queries 4, 0, 3': ['attention', 'attentionBackward', 'gather', 'gather', 'scatterSum', 'scatterSum'],
};
for (const [name, expected] of Object.entries(fused))
  test(`${name}: uses the fused kernels of the cpu device`, async () => {
    const check = opChecks.find((each) => each.name === name);
    assert.ok(check);
    const { forward } = check.build(cpu);
    const found = await launches(cpu, () => {
      const tape = new Tape(cpu);
      const output = forward(tape);
      tape.backward(output, new Float32Array(output.size));
    });
    assert.equal(
      found.filter((kernel) => !['matmul', 'sumRows', 'accumulate', 'fill'].includes(kernel)),
      expected,
    );
  });

const few = (tape: Tape, biased: boolean): Tensor => {
  const drawn = (shape: number[], seed: number): Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tape.input(
      Float32Array.from({ length: size }, (_, i) => Math.sin(97 * seed + i * i)),
      shape,
    );
  };
  const x = drawn([1, 9, 8], 1);
  const [LLQ, LLK, LLV] = [2, 3, 4].map((seed) => drawn([12, 8], seed));
  const [keyBias, valueBias] = biased ? [drawn([12], 5), drawn([12], 6)] : [];
  const spans = Int32Array.from({ length: 18 }, (_, i) => [0, 4, 4, 9][(i < 8 ? 0 : 2) + (i % 2)]); // two sequences
  const queries = new Queries(tape.input(spans, [1, 9, 2]), tape.input(Int32Array.of(0, 4), [2]));
  const keys = [linear(x, LLK, keyBias), linear(x, LLV, valueBias)] as const;
  return attention(linear(queries.of(x), LLQ), ...keys, queries, { heads: 2, scale: 0.2 });
};
for (const biased of [false, true])
  test(`attention of a query of each sequence, ${biased ? 'with' : 'without'} biases: no key is computed where nothing needs a gradient`, async () => {
    const unfused = new Tape(cpu, { gradients: false, observer: { onForward: () => {} } });
    const expected = await few(unfused, biased).read();
    const tape = new Tape(cpu, { gradients: false });
    let found: Promise<Float64Array> | undefined;
    const kernels = await launches(cpu, () => void (found = few(tape, biased).read()));
    assert.equal(kernels.includes('attentionAtInput') && !kernels.includes('attentionAt'), true);
    (await found)?.forEach((value, i) =>
      assert.ok(Math.abs(value - expected[i]) < 1e-5, `${value} and ${expected[i]}`),
    );
  });

test.after(() => cpu.close());

test.run();
