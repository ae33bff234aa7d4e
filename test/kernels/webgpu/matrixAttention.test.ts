import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matrixKeys, matrixQueries } from '../../../src/kernels/webgpu/kernels/attention/matrixBackward.ts';
import { matrixForward } from '../../../src/kernels/webgpu/kernels/attention/matrixForward.ts';
import { attentionMatrixTiles } from '../../../src/kernels/webgpu/kernels/attention/matrixTile.ts';
import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixShader.ts';
import { MATRIX_FEATURE, SIZE_FEATURE } from '../../../src/kernels/webgpu/kernels/matmul/subgroupMatrix.ts';
import { wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';

const units: readonly MatrixUnit[] = [
  { operand: 'f16', m: 16, n: 16, k: 16, subgroup: 32, fixed: true },
  { operand: 'f16', m: 16, n: 8, k: 8, subgroup: 32, fixed: false },
  { operand: 'f16', m: 8, n: 16, k: 16, subgroup: 64, fixed: false },
  { operand: 'f32', m: 8, n: 8, k: 8, subgroup: 32, fixed: false },
];
const room = { workgroupBytes: 49152, invocations: 256 };

test("Dawn's compiler accepts attention's shaders with subgroup matrices", async () => {
  const name: string = 'webgpu';
  const { create } = (await import(name)) as { create: (flags: readonly string[]) => GPU };
  const gpu = create(['backend=null', 'enable-dawn-features=allow_unsafe_apis']);
  const adapter = await gpu.requestAdapter();
  assert.ok(adapter);
  const device = await adapter.requestDevice({
    requiredFeatures: [MATRIX_FEATURE, SIZE_FEATURE, 'subgroups', 'shader-f16'],
  });
  const problems: string[] = [];
  let compiled = 0;
  for (const unit of units)
    for (const headSize of [30, 64, 128])
      for (const [residents, makers] of [
        [1, [matrixForward]],
        [2, [matrixQueries, matrixKeys]],
      ] as const)
        for (const tile of attentionMatrixTiles(headSize, residents, unit, room))
          for (const make of makers) {
            const shader = make(tile, unit, headSize);
            const reals = Object.fromEntries(Object.keys({ ...shader.inputs, ...shader.outputs }).map((array) => [array, unit.operand])); // prettier-ignore
            const info = await device.createShaderModule({ code: wgsl(shader, reals) }).getCompilationInfo();
            problems.push(...info.messages.map(({ message }) => message));
            compiled += 1;
          }
  device.destroy();
  assert.equal(problems, []);
  assert.ok(compiled > 60, `${compiled}`);
  assert.ok(gpu); // referenced to the end
});

test('heads of 64 halves have a tile of 128 invocations within 32 KiB, and units that do not divide the tiles have none', () => {
  const [unit] = units;
  for (const residents of [1, 2])
    assert.ok(attentionMatrixTiles(64, residents, unit, { ...room, workgroupBytes: 32768 }).length > 0);
  assert.equal(attentionMatrixTiles(64, 1, { ...unit, m: 32, n: 32 }, room).length, 0);
  assert.equal(attentionMatrixTiles(64, 1, unit, { ...room, workgroupBytes: 16384 }), []);
});

test.run();
