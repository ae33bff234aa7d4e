import type { Adapter } from './adapter/adapter.ts';
import type { Queue } from './queue.ts';

/** The properties of a device that decide which shaders it gets. */
export interface Traits {
  /** Bytes of workgroup memory that a shader may have. */
  readonly workgroupBytes: number;
  /** Number of neighbouring invocations that are sure to share a subgroup; 0 if shaders must not use subgroups. */
  readonly leastSubgroup: number;
  /** Invocations that a workgroup may have. */
  readonly invocations: number;
  /** Storage buffers that a shader may have: at least 8. */
  readonly arrays: number;
}

/** @param subgroups whether subgroups may be used if the device has them */
export async function traitsOf(
  { adapter }: Adapter,
  device: GPUDevice,
  queue: Queue,
  subgroups: boolean,
): Promise<Traits> {
  // Newer than TypeScript's own WebGPU types.
  const { subgroupMinSize = 4 } = adapter.info as { readonly subgroupMinSize?: number };
  const usable = subgroups && device.features.has('subgroups') && (await areInOrder(queue, subgroupMinSize));
  return {
    workgroupBytes: device.limits.maxComputeWorkgroupStorageSize,
    leastSubgroup: usable ? subgroupMinSize : 0,
    invocations: device.limits.maxComputeInvocationsPerWorkgroup,
    arrays: device.limits.maxStorageBuffersPerShaderStage,
  };
}

/** WebGPU does not guarantee that neighbouring invocations share a subgroup in order, so this tests the device. */
async function areInOrder(queue: Queue, size: number): Promise<boolean> {
  const [workgroup, groups] = [256, 16];
  const steps = Array.from({ length: Math.log2(size) }, (_, i) => 2 ** i);
  const ask = queue.shader({
    label: 'subgroups',
    inputs: {},
    outputs: { answers: 'f32' },
    parameters: {},
    workgroup,
    declarations: `
fn inOrder(lane: u32) -> bool {
  var wrong = 0u;
  ${steps.map((step) => `wrong |= subgroupShuffleXor(lane, ${step}u) ^ lane ^ ${step}u;`).join('\n  ')}
  return wrong == 0u;
}
`,
    main: `answers[group * ${workgroup}u + lane] = select(0.0, 1.0, inOrder(lane));`,
  });
  const answers = queue.allocate('f32', workgroup * groups);
  ask({ answers }, {}, groups);
  const all = await queue.read(answers, workgroup * groups);
  answers.storage.buffer.destroy();
  return all.every((answer) => answer === 1);
}
