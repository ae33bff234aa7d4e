import { compareWithReference } from '../../../src/autograd/check/compareDevices.ts';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import { dropThreshold, hash } from '../../../src/kernels/random.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import type { WebGlMode } from '../../../src/kernels/webgl/index.ts';
import { train } from '../../../src/train/loop.ts';
import { modernBlocks, notes, smallTraining } from '../../train/smallTraining.ts';
import { differences } from '../conformance.ts';
import { required } from '../../../src/kernels/contract.ts';
import type { RequiredKernel } from '../../../src/kernels/contract.ts';

/** Checks of the webgl device that run both in Node and in a page; they return plain data. */

/** All that this device has. */
export const kernelNames = Object.keys(required) as RequiredKernel[];

/** For each kernel, a line for each output that differs from reference. */
export async function conformance(mode: WebGlMode): Promise<Record<string, string[]>> {
  const webgl = await openWebGl({ mode });
  const reference = openReference();
  const found: Record<string, string[]> = {};
  for (const kernel of kernelNames) found[kernel] = await differences(kernel, webgl, reference);
  await webgl.close();
  return found;
}

/** For each op and box, how its output or gradients differ from reference, if they do. */
export async function gradients(mode: WebGlMode): Promise<Record<string, string>> {
  const webgl = await openWebGl({ mode });
  const reference = openReference();
  const found: Record<string, string> = {};
  for (const check of [...opChecks, ...boxChecks]) {
    const { error, message } = await compareWithReference(check, webgl, reference);
    found[check.name] = error <= 1 ? '' : message;
  }
  await webgl.close();
  return found;
}

/** The losses of 20 steps of a small model with dropout, on the device and on reference. */
export async function losses(mode: WebGlMode, onStep?: () => void, steps = 20, model: readonly string[] = []) {
  const settings = ['log.every=1', `train.steps=${steps}`, 'data.masking.choice=exact', ...model];
  const webgl = await openWebGl({ mode });
  const [found, expected] = [notes(), notes()];
  await train(await smallTraining(webgl, settings), 0, { ...found, onStep: () => onStep?.() });
  await train(await smallTraining(openReference(), settings), 0, expected);
  await webgl.close();
  return { found: found.losses, expected: expected.losses };
}

/** The same of ModernBERT. */
export const modernLosses = (mode: WebGlMode) => losses(mode, undefined, 20, modernBlocks);

/** Checks a sample of a dropout mask that reaches beyond 2^24. @returns how many elements differ from the hash */
export async function wrongInMask(mode: WebGlMode): Promise<{ wrong: number; looked: number; kept: number }> {
  const webgl = await openWebGl({ mode });
  const [size, rate] = [2 ** 24 + 3000, 0.1];
  const key = { keyHigh: 7654321, keyLow: 13579135 };
  const ones = webgl.launch('fill', {}, { size, value: 1 }).y;
  const { y } = webgl.launch('dropout', { x: ones }, { size, rate, ...key });
  const found = (await webgl.read(y)) as Float32Array;
  await webgl.close();
  const places = [0, 4096, 2 ** 23, 2 ** 24 - 2000, size - 2000].flatMap((from) =>
    Array.from({ length: 2000 }, (_, i) => from + i),
  );
  const threshold = dropThreshold(rate);
  const wrong = places.filter((i) => (found[i] === 0) !== hash(key, i) < threshold).length;
  return { wrong, looked: places.length, kept: found.reduce((count, value) => count + Number(value !== 0), 0) / size };
}
