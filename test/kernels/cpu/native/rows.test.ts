import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Arena } from '../../../../src/kernels/cpu/engine/arena.ts';
import { compileKernels, instantiateKernels } from '../../../../src/kernels/cpu/engine/module.ts';
import type { MultiplyTiles } from '../../../../src/kernels/cpu/engine/module.ts';
import {
  CALL_TASK,
  PASS_RESULTS,
  PASS_X,
  PASS_Y,
  TASK_ADAMW,
  TASK_DROP,
  TASK_DROP_BOTH,
  TASK_EXP,
  TASK_GELU,
  TASK_GELU_BOTH,
  TASK_MOMENTS,
  TASK_NORM_BACKWARD,
  TASK_NORM_GRADIENTS,
  TASK_NORM_SUMS,
  TASK_NORMALISE,
  TASK_SOFTMAX,
  TASK_SOFTMAX_BACKWARD,
  TASK_SUM_EXP,
  TASK_SUM_FOURS,
  TASK_SUM_SQUARES,
} from '../../../../src/kernels/cpu/jobs/layout.ts';
import { openNative } from '../../../../src/kernels/cpu/native/native.node.ts';
import { checkedTiles } from '../../../../src/kernels/cpu/native/rowsCheck.ts';
import { enableRelaxedSimd } from '../../../../src/kernels/cpu/threads/threads.node.ts';

enableRelaxedSimd();
const arena = new Arena(false);
const modules = await compileKernels({ fusedMultiplyAdd: true, shared: false }, arena.memory);
const native = openNative(arena.memory, { asked: true });

/** Whether passes are taken where machine code does `then` after each call, and what people are told. */
async function checkedWith(then: (call: number) => void): Promise<[passes: boolean, remark: string]> {
  if (typeof native === 'string') throw new Error(native);
  const multiplyTiles: MultiplyTiles = (call) => {
    native.multiplyTiles(call);
    then(call / 4);
  };
  const exports = await instantiateKernels(modules, arena.memory, { multiplyTiles });
  exports.enter(arena.allocate(exports.scratchBytes()), 0);
  const [{ passes }, remark] = checkedTiles(exports, arena, native);
  return [passes, remark];
}

/** Where each task writes, and so many bytes behind it. */
const outputs: Record<string, [task: number, output: number, bytes?: number]> = {
  'attention among 1': [TASK_SOFTMAX, PASS_RESULTS],
  'attention among 1 ': [TASK_SOFTMAX_BACKWARD, PASS_X],
  GELU: [TASK_GELU, PASS_Y],
  "GELU's gradient": [TASK_GELU_BOTH, PASS_X],
  'cross entropy': [TASK_EXP, PASS_Y],
  dropout: [TASK_DROP, PASS_Y],
  "GELU's gradient ": [TASK_DROP_BOTH, PASS_X],
  LayerNorm: [TASK_MOMENTS, PASS_RESULTS, 8],
  'LayerNorm ': [TASK_NORMALISE, PASS_Y],
  'LayerNorm  ': [TASK_NORM_SUMS, PASS_RESULTS, 4],
  'LayerNorm   ': [TASK_NORM_BACKWARD, PASS_Y],
  'LayerNorm    ': [TASK_NORM_GRADIENTS, PASS_Y],
  AdamW: [TASK_ADAMW, PASS_X],
  sums: [TASK_SUM_FOURS, PASS_Y],
  'cross entropy ': [TASK_SUM_EXP, PASS_RESULTS, 128], // the largest
  'sums ': [TASK_SUM_SQUARES, PASS_RESULTS, 4], // a sum's upper half
};

if (typeof native !== 'string' && native.passes) {
  test('passes over rows have the bits of WebAssembly', async () => {
    assert.equal(await checkedWith(() => {}), [true, '']);
  });

  for (const [name, [task, output, bytes = 0]] of Object.entries(outputs))
    test(`a wrong bit of task ${task} is found, and WebAssembly passes over rows`, async () => {
      const found = await checkedWith((call) => {
        const { integers } = arena;
        if (integers[call + CALL_TASK / 4] === task) integers[((integers[call + output / 4] ?? 0) + bytes) / 4] ^= 1;
      });
      assert.equal(found, [false, `, all else in WebAssembly (wrong ${name.trim()})`]);
    });
}

test.run();
