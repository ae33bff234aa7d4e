import type { Device } from '../../../src/kernels/device.ts';
import { deviceOn } from '../../../src/kernels/webgpu/index.ts';
import { gpuKernels } from '../../../src/kernels/webgpu/kernels.ts';
import type { MatrixTile, MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { emulated } from './matrixEmulation.ts';
import { openQueue } from './openQueue.ts';

/** A GPU device that runs shaders with subgroup matrices in emulation. `rewrite` may change what they become, as a broken driver would. */
export async function openEmulation(unit: MatrixUnit, rewrite: (code: string) => string = (code) => code) {
  const opened = await openQueue();
  const { device } = opened;
  const matrixShaders: string[] = [];
  const create = device.createShaderModule.bind(device);
  device.createShaderModule = (descriptor) => {
    const code = emulated(descriptor.code, unit);
    if (code === descriptor.code) return create(descriptor);
    matrixShaders.push(descriptor.code);
    return create({ ...descriptor, code: rewrite(code) });
  };
  return { ...opened, matrixShaders };
}

/**
 * A device whose products and attention use emulated matrices: of the ways that it has, the last one.
 * @returns also the shaders with matrices that it compiled
 */
export async function openEmulated(
  unit: MatrixUnit,
  tiles: readonly MatrixTile[],
): Promise<{ emulated: Device; matrixShaders: readonly string[] }> {
  const { queue, close, matrixShaders } = await openEmulation(unit);
  const tuner = {
    run: (_: string, ways: readonly number[], __: number, work: (way: number) => void) => work(ways[ways.length - 1]),
  };
  const traits = { workgroupBytes: 32768, leastSubgroup: 0, invocations: 256, arrays: 8 };
  const kernels = gpuKernels(queue, traits, tuner as never, { unit, tiles, sameBits: false }, unit);
  const real = unit.operand;
  const emulated = deviceOn(queue, { description: 'emulated matrices', real, kernels, close: async () => close() });
  return { emulated, matrixShaders };
}
