import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matrixKeys, matrixQueries } from '../../../src/kernels/webgpu/kernels/attention/matrixBackward.ts';
import { matrixForward } from '../../../src/kernels/webgpu/kernels/attention/matrixForward.ts';
import { attentionMatrixTiles } from '../../../src/kernels/webgpu/kernels/attention/matrixTile.ts';
import { wgsl } from '../../../src/kernels/webgpu/engine/shader.ts';
import { expectCompiled, matrixUnits } from './matrixCompiler.ts';

const room = { workgroupBytes: 49152, invocations: 256 };

test("Dawn's compiler accepts attention's shaders with subgroup matrices", async () => {
  const shaders = matrixUnits.flatMap((unit) =>
    [30, 64, 128].flatMap((headSize) =>
      (
        [
          [1, [matrixForward]],
          [2, [matrixQueries, matrixKeys]],
        ] as const
      ).flatMap(([residents, makers]) =>
        attentionMatrixTiles(headSize, residents, unit, room).flatMap((tile) =>
          makers.map((make) => {
            const shader = make(tile, unit, headSize);
            const arrays = Object.keys({ ...shader.inputs, ...shader.outputs });
            return wgsl(shader, Object.fromEntries(arrays.map((array) => [array, unit.operand])));
          }),
        ),
      ),
    ),
  );
  assert.ok((await expectCompiled(shaders)) > 60);
});

test('heads of 64 halves have a tile of 128 invocations within 32 KiB, and units that do not divide the tiles have none', () => {
  const [unit] = matrixUnits;
  for (const residents of [1, 2])
    assert.ok(attentionMatrixTiles(64, residents, unit, { ...room, workgroupBytes: 32768 }).length > 0);
  assert.equal(attentionMatrixTiles(64, 1, { ...unit, m: 32, n: 32 }, room).length, 0);
  assert.equal(attentionMatrixTiles(64, 1, unit, { ...room, workgroupBytes: 16384 }), []);
});

test.run();
