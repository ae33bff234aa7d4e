import * as assert from 'uvu/assert';
import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { MATRIX_FEATURE, SIZE_FEATURE } from '../../../src/kernels/webgpu/kernels/matmul/subgroupMatrix.ts';

/** Kinds of subgroup matrices, as GPUs list them. */
export const matrixUnits: readonly MatrixUnit[] = [
  { operand: 'f16', m: 16, n: 16, k: 16, subgroup: 32, fixed: true },
  { operand: 'f16', m: 16, n: 8, k: 8, subgroup: 32, fixed: false },
  { operand: 'f16', m: 8, n: 16, k: 16, subgroup: 64, fixed: false },
  { operand: 'f32', m: 8, n: 8, k: 8, subgroup: 32, fixed: false },
];

/** Has Dawn's compiler read shaders with subgroup matrices, which its null backend takes. @returns how many there were */
export async function expectCompiled(shaders: Iterable<string>): Promise<number> {
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
  for (const code of shaders) {
    const info = await device.createShaderModule({ code }).getCompilationInfo();
    problems.push(...info.messages.map(({ message }) => message));
    compiled += 1;
  }
  device.destroy();
  assert.equal(problems, []);
  assert.ok(gpu); // referenced to the end
  return compiled;
}
