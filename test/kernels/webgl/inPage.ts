import { compareWithReference } from '../../../src/autograd/compareDevices.ts';
import { opChecks } from '../../../src/autograd/opChecks.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import type { KernelName } from '../../../src/kernels/contract.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import type { WebGlMode } from '../../../src/kernels/webgl/index.ts';
import { train } from '../../../src/train/loop.ts';
import { notes, smallTraining } from '../../train/smallTraining.ts';
import { differences } from '../conformance.ts';

/** Lines on what differs from reference, by kernel. */
export async function conformance(kernels: KernelName[], mode?: WebGlMode): Promise<Record<string, string[]>> {
  const webgl = await openWebGl(mode ? { mode } : {});
  const reference = openReference();
  const found: Record<string, string[]> = {};
  for (const kernel of kernels) {
    try {
      found[kernel] = await differences(kernel, webgl, reference);
    } catch (error) {
      found[kernel] = [String(error)];
    }
  }
  await webgl.close();
  return { ...found, description: [webgl.description] };
}

export async function gradients(mode?: WebGlMode): Promise<string[]> {
  const webgl = await openWebGl(mode ? { mode } : {});
  const reference = openReference();
  const lines: string[] = [];
  for (const check of [...opChecks, ...boxChecks]) {
    const { error, message } = await compareWithReference(check, webgl, reference);
    lines.push(`${check.name}: ${error.toFixed(3)} ${error <= 1 ? '' : message}`);
  }
  await webgl.close();
  return lines;
}

export async function training(mode?: WebGlMode): Promise<unknown> {
  const webgl = await openWebGl(mode ? { mode } : {});
  const settings = ['log.every=1', 'train.steps=20', 'data.masking.choice=exact'];
  const seen = notes();
  const allocations: number[] = [];
  const begin = performance.now();
  await train(await smallTraining(webgl, settings), 0, {
    ...seen,
    onStep: () => void allocations.push(webgl.memory.allocations),
  });
  const time = performance.now() - begin;
  const expected = notes();
  await train(await smallTraining(openReference(), settings), 0, expected);
  await webgl.close();
  return { time, worst: Math.max(...seen.losses.map((l, i) => Math.abs(l - expected.losses[i]!) / expected.losses[i]!)), allocations, losses: seen.losses };
}
