import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tuner } from '../../../src/kernels/webgpu/engine/tuner/tuner.ts';
import { elementwise } from '../../../src/kernels/webgpu/kernels/elementwise.ts';
import { halvesWork } from '../../../src/kernels/webgpu/kernels/halfTrial.ts';
import { matmulKernels } from '../../../src/kernels/webgpu/kernels/matmul/matmul.ts';
import { openForTests } from './openForTests.ts';
import { openQueue } from './openQueue.ts';

const webgpu = await openForTests();

if (webgpu) {
  test('the trial of half precision passes here, and notices a wrong copy, a wrong product and an inexact sum', async () => {
    const { queue, close } = await openQueue();
    const { matmul } = matmulKernels(queue, new Tuner(queue.trials));
    const { add } = elementwise(queue);
    const works = { matmul, add };
    assert.is(await halvesWork(queue, works), true);
    // Copies that are never made, as where stores of halves are lost.
    assert.is(await halvesWork(queue, { ...works, add: () => {} }), false);
    assert.is(await halvesWork(queue, { ...works, matmul: (x, p, y) => matmul(x, { ...p, k: p.k - 4 }, y) }), false);
    // Gradients of weights whose terms are added with half's 11 bits, not f32's 24.
    const coarse: typeof matmul = (x, p, y) => matmul(x, { ...p, scale: p.transposeA ? 1 + 2 ** -11 : 1 }, y);
    assert.is(await halvesWork(queue, { ...works, matmul: coarse }), false);
    close();
  });

  test.after(() => webgpu.close());
}

test.run();
