import { BertrandError } from '../../../src/error.ts';
import type { Device, DeviceArray } from '../../../src/kernels/device.ts';
import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import { losses } from './checks.ts';

export { conformance, gradients, losses, modernLosses, wrongInMask } from './checks.ts';

/** Checks of the webgl device that need a page; they return plain data. */

type Method = (this: unknown, ...values: unknown[]) => unknown;

/** Runs `work` while the method of that name is replaced by what `make` returns. */
async function patched<R>(
  prototype: object,
  name: string,
  make: (original: Method) => Method,
  work: () => Promise<R>,
): Promise<R> {
  const methods = prototype as Record<string, Method>;
  const original = methods[name];
  methods[name] = make(original);
  try {
    return await work();
  } finally {
    methods[name] = original;
  }
}

async function messageOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    return error instanceof BertrandError ? error.message : `not a BertrandError: ${String(error)}`;
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

/** The number of calls of that WebGL2 method by the end of each of 20 steps. */
export async function callsByStep(method: string): Promise<number[]> {
  let calls = 0;
  const byStep: number[] = [];
  const counting = (original: Method): Method =>
    function count(...values) {
      calls += 1;
      return original.apply(this, values);
    };
  await patched(WebGL2RenderingContext.prototype, method, counting, () =>
    losses('webgl2', () => void byStep.push(calls)),
  );
  return byStep;
}

export const describeDevice = (): Promise<string> => withDevice(async ({ description }) => description);

/** Runs one program on small, large and again small arrays, computed on the device or uploaded as textures. */
export const sizesInTurn = (): Promise<number[]> =>
  withDevice(async (device) => {
    const sums: number[] = [];
    for (const size of [3, 5000, 2, 70000, 1]) {
      const x = device.upload('f32', new Float32Array(size).fill(2));
      const { y } = device.launch('add', { a: x, b: x }, { size });
      sums.push(((await device.read(y)) as Float32Array).reduce((total, value) => total + value, 0) / size);
    }
    return sums;
  });

/** Whether reads and writes keep their order among the kernels. */
export const order = (): Promise<number[][]> =>
  withDevice(async (device) => {
    const x = device.upload('f32', [1, 2, 3]);
    const { y } = device.launch('add', { a: x, b: x }, { size: 3 });
    device.write(x, [10, 20, 30]);
    const early = device.read(y);
    device.launch('add', { a: x, b: x }, { size: 3 }, { y });
    return [[...(await early)], [...(await device.read(y))]];
  });

/** Gathers rows of a table of 19,660,800 numbers, where a flat float32 index would be inexact. @returns how many numbers are wrong */
export const wrongInFarRows = (): Promise<number> =>
  withDevice(async (device) => {
    const [tableRows, columns] = [65536, 300];
    const place = (row: number, column: number): number => (row * 7 + column) % 1009;
    const table = device.upload(
      'f32',
      Float32Array.from({ length: tableRows * columns }, (_, i) => place(Math.floor(i / columns), i % columns)),
    );
    const rows = [0, 1, 55923, 55924, 60001, 65535]; // row 55924 is the first beyond 2^24
    const indices = device.upload('i32', rows);
    const { y } = device.launch('gather', { table, indices }, { rows: rows.length, columns, tableRows });
    const found = await device.read(y);
    return rows
      .flatMap((row, r) => Array.from({ length: columns }, (_, c) => Number(found[r * columns + c] !== place(row, c))))
      .reduce((sum, wrong) => sum + wrong, 0);
  });

export const tooLarge = (): Promise<string> =>
  withDevice((device) => messageOf(async () => device.allocate('f32', 2 ** 31)));

export const aliased = (): Promise<string> =>
  withDevice(async (device) => {
    const x = device.upload('f32', [1, 2]);
    return messageOf(async () => device.launch('add', { a: x, b: x }, { size: 2 }, { y: x }));
  });

/** The error when the extension `missing` is unavailable. */
export function refusal(mode: 'webgl2' | 'webgl', missing: string): Promise<string> {
  const { prototype } = mode === 'webgl2' ? WebGL2RenderingContext : WebGLRenderingContext;
  const without = (original: Method): Method =>
    function getExtension(name) {
      return name === missing ? null : original.call(this, name);
    };
  return patched(prototype, 'getExtension', without, () => messageOf(() => openWebGl({ mode })));
}

let kept: { device: Device; x: DeviceArray } | undefined;

/** Opens the device whose GPU will be lost. */
export async function beforeLoss(): Promise<void> {
  const device = await openWebGl();
  kept = { device, x: device.upload('f32', [1, 2]) };
}

/** The errors of reading and running on that device afterwards, and the description of a new one. */
export async function afterLoss(): Promise<string[]> {
  if (!kept) throw new Error('no device was kept');
  const { device, x } = kept;
  const messages = [
    await messageOf(() => device.read(x)),
    await messageOf(async () => device.launch('add', { a: x, b: x }, { size: 2 })),
  ];
  await device.close();
  return [...messages, await describeDevice()];
}

/** Runs a check in a worker, where pages train. */
export function inWorker(url: string): Promise<unknown> {
  const worker = new Worker(url, { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }) => resolve(data));
    worker.addEventListener('error', ({ message }) => reject(new Error(message)));
  }).finally(() => worker.terminate());
}
