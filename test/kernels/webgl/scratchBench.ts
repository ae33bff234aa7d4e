import { openWebGl } from '../../../src/kernels/webgl/index.ts';
import { matmulParameters } from '../../../src/autograd/matmulParameters.ts';
import { notes, smallTraining } from '../../train/smallTraining.ts';
import { train } from '../../../src/train/loop.ts';
export async function bench(mode?: 'webgl2' | 'webgl'): Promise<unknown> {
  const d = await openWebGl(mode ? { mode } : {});
  const out: Record<string, unknown> = {};
  for (const n of [128, 256, 512]) {
    const a = d.upload('f32', new Float32Array(n * n).fill(0.5));
    const b = d.upload('f32', new Float32Array(n * n).fill(0.25));
    const p = matmulParameters({ m: n, n, k: n, transposeB: true, a: { row: n }, b: { row: n }, c: { row: n } });
    const once = async (times: number) => {
      const t = performance.now();
      let c;
      for (let i = 0; i < times; i++) {
        if (c) d.free(c);
        c = d.run('matmul', { a, b }, p).c;
      }
      await d.read(c!);
      d.free(c!);
      return (performance.now() - t) / times;
    };
    const first = await once(1);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) times.push(await once(4));
    times.sort((x, y) => x - y);
    out[`matmul ${n}`] =
      `${first.toFixed(1)} first, ${times[2]!.toFixed(2)} ms, ${((2 * n ** 3) / times[2]! / 1e6).toFixed(2)} GFLOP/s`;
  }
  const x = d.upload('f32', new Float32Array(64));
  let t = performance.now();
  let y = d.run('add', { a: x, b: x }, { size: 64 }).y;
  await d.read(y);
  out['add first'] = performance.now() - t;
  t = performance.now();
  for (let i = 0; i < 1000; i++) {
    d.free(y);
    y = d.run('add', { a: x, b: x }, { size: 64 }).y;
  }
  out['add js us'] = performance.now() - t;
  await d.read(y);
  out['add total us'] = performance.now() - t;
  t = performance.now();
  for (let i = 0; i < 20; i++) await d.read(y);
  out['read ms'] = (performance.now() - t) / 20;
  for (let round = 0; round < 2; round++) {
    const seen = notes();
    const tr = await smallTraining(d, ['log.every=1', 'train.steps=20', 'data.masking.choice=exact']);
    const stamps: number[] = [];
    t = performance.now();
    await train(tr, 0, { ...seen, onStep: () => void stamps.push(Math.round(performance.now() - t)) });
    out[`training ${round}`] = stamps.join(' ');
  }
  await d.close();
  return out;
}
