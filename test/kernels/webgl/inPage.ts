import { BertrandError } from '../../../src/error.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import { losses } from './checks.ts';

export { conformance, gradients, losses, wrongInMask } from './checks.ts';

/** Checks of the webgl device that need a page; they return plain data. */

const gl2 = WebGL2RenderingContext.prototype;

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof BertrandError ? error.message : `not for people: ${String(error)}`;
  }
  return 'no error';
}

async function withDevice<R>(use: (device: Device) => Promise<R>): Promise<R> {
  const device = await openWebGl();
  try {
    return await use(device);
  } finally {
    await device.close();
  }
}

const counted = ['createTexture', 'texImage2D', 'linkProgram'] as const;

/** How often each of those methods of WebGL2 has been called at the end of each of 20 steps. */
export async function callsByStep(): Promise<Record<string, number[]>> {
  const originals = counted.map((method) => gl2[method] as (...values: unknown[]) => unknown);
  const calls: Record<string, number> = {};
  const byStep: Record<string, number[]> = {};
  for (const [i, method] of counted.entries()) {
    [calls[method], byStep[method]] = [0, []];
    gl2[method] = function count(this: WebGL2RenderingContext, ...values: unknown[]) {
      calls[method] += 1;
      return originals[i].apply(this, values);
    } as never;
  }
  try {
    await losses('webgl2', () => {
      for (const method of counted) byStep[method].push(calls[method]);
    });
  } finally {
    for (const [i, method] of counted.entries()) gl2[method] = originals[i] as never;
  }
  return byStep;
}

export const describeDevice = (): Promise<string> => withDevice(async ({ description }) => description);

/** One program over small, large and small arrays again, all of them born on the device or uploaded as textures. */
export const sizesInTurn = (): Promise<number[]> =>
  withDevice(async (device) => {
    const sums: number[] = [];
    for (const size of [3, 5000, 2, 70000, 1]) {
      const x = device.upload('f32', new Float32Array(size).fill(2));
      const { y } = device.run('add', { a: x, b: x }, { size });
      sums.push(((await device.read(y)) as Float32Array).reduce((total, value) => total + value, 0) / size);
    }
    return sums;
  });

/** Reads and writes keep their place among the kernels. */
export const order = (): Promise<number[][]> =>
  withDevice(async (device) => {
    const x = device.upload('f32', [1, 2, 3]);
    const { y } = device.run('add', { a: x, b: x }, { size: 3 });
    device.write(x, [10, 20, 30]);
    const early = device.read(y);
    device.run('add', { a: x, b: x }, { size: 3 }, { y });
    return [[...(await early)], [...(await device.read(y))]];
  });

export const tooLarge = (): Promise<string> =>
  withDevice((device) => messageOf(async () => device.allocate('f32', 2 ** 31)));

export const aliased = (): Promise<string> =>
  withDevice(async (device) => {
    const x = device.upload('f32', [1, 2]);
    return messageOf(async () => device.run('add', { a: x, b: x }, { size: 2 }, { y: x }));
  });

/** What is said where the extension `missing` is not there. */
export async function refusal(mode: 'webgl2' | 'webgl', missing: string): Promise<string> {
  const classes = [WebGL2RenderingContext.prototype, WebGLRenderingContext.prototype];
  const originals = classes.map(({ getExtension }) => getExtension);
  for (const [i, prototype] of classes.entries())
    prototype.getExtension = function getExtension(this: WebGLRenderingContext, name: string) {
      return name === missing ? null : ((originals[i] as (name: string) => unknown).call(this, name) ?? null);
    } as never;
  const message = await messageOf(() => openWebGl({ mode }));
  for (const [i, prototype] of classes.entries()) prototype.getExtension = originals[i] as never;
  return message;
}

/** A lost context is said once and stays lost; a new device works. */
export async function lostContext(): Promise<string[]> {
  const contexts: WebGL2RenderingContext[] = [];
  const original = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function getContext(this: HTMLCanvasElement, ...values: [string]) {
    const context = original.apply(this, values) as WebGL2RenderingContext;
    contexts.push(context);
    return context;
  } as never;
  const device = await openWebGl();
  HTMLCanvasElement.prototype.getContext = original;
  const x = device.upload('f32', [1, 2]);
  const reading = messageOf(() => device.read(x));
  contexts[contexts.length - 1]?.getExtension('WEBGL_lose_context')?.loseContext();
  const messages = [await reading, await messageOf(async () => device.run('add', { a: x, b: x }, { size: 2 }))];
  await device.close();
  return [...messages, await describeDevice()];
}

/** A check run in a worker, where pages train. */
export function inWorker(url: string): Promise<unknown> {
  const worker = new Worker(url, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  }).finally(() => worker.terminate());
}
