import type { Kernels } from '../contract.ts';
import { dropThreshold } from '../random.ts';
import type { GpuHandles } from './buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from './queue.ts';

const roundKeys = ['k0 + above', 'k1 + 5u * above', 'k2', 'k3 + 3u * above', 'k0 + k2 + 1013u', 'k1 + k3 + 2531u'];

/** The hash of random.ts in integers: `& 4095` is its % 4096. */
const hash = `
fn hash(index: u32) -> u32 {
  let above = index >> 24u;
  let k0 = p.keyLow & 4095u;
  let k1 = p.keyLow >> 12u;
  let k2 = p.keyHigh & 4095u;
  let k3 = p.keyHigh >> 12u;
  var halves = vec2u((index >> 12u) & 4095u, index & 4095u);
  ${roundKeys.map((key) => `halves = vec2u(halves.y, mixed(halves, ${key}));`).join('\n  ')}
  return (halves.x << 12u) | halves.y;
}

fn mixed(halves: vec2u, key: u32) -> u32 {
  let q = (halves.y + key) & 4095u;
  return (halves.x + ((q * q) >> 6u)) & 4095u;
}
`;

export function dropoutKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'dropout'> {
  const dropout = eachElement(queue, {
    label: 'dropout',
    inputs: { x: 'real' },
    outputs: { y: 'real' },
    parameters: { threshold: 'u32', factor: 'f32', keyHigh: 'u32', keyLow: 'u32' },
    declarations: hash,
    main: 'y[i] = y_real(select(p.factor * f32(x[i]), 0.0, hash(i) < p.threshold));',
  });
  return {
    dropout({ x }, { size, rate, keyHigh, keyLow }, { y }) {
      const factor = rate < 1 ? 1 / (1 - rate) : 0;
      dropout({ x, y }, size, { threshold: dropThreshold(rate), factor, keyHigh, keyLow });
    },
  };
}
