import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { Tape } from '../../../src/autograd/tape.ts';
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

test.after(() => cpu.close());

test.run();
