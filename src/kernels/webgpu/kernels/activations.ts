import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

/**
 * tanh(x) by an exponential that cannot overflow, as the builtin may. Near 0, where 1 - exp(-2 |x|) loses digits, by the first four
 * terms of the series.
 */
const hyperbolicTangent = `
fn hyperbolicTangent(x: vec4f) -> vec4f {
  let e = exp(-2.0 * abs(x));
  let s = x * x;
  let series = x * (1.0 + s * (-1.0 / 3.0 + s * (2.0 / 15.0 - s * (17.0 / 315.0))));
  return select(sign(x) * (1.0 - e) / (1.0 + e), series, abs(x) < vec4f(0.2));
}
`;

export function activationKernels(
  queue: Queue,
): Pick<Kernels<GpuHandles>, 'exp' | 'tanh' | 'tanhBackward' | 'relu' | 'reluBackward'> {
  const forward = (label: string, y: string, declarations = '') =>
    eachVector(queue, {
      label,
      inputs: { x: 'vec4real' },
      outputs: { y: 'vec4real' },
      declarations,
      main: `let value = vec4f(x[i]); store_y(i, ${y});`,
    });
  const backward = (label: string, dx: string) =>
    eachVector(queue, {
      label,
      inputs: { y: 'vec4real', dy: 'vec4real' },
      outputs: { dx: 'vec4real' },
      main: `let value = vec4f(y[i]); let gradient = vec4f(dy[i]); store_dx(i, ${dx});`,
    });
  const exp = forward('exp', 'exp(value)');
  const tanh = forward('tanh', 'hyperbolicTangent(value)', hyperbolicTangent);
  const tanhBackward = backward('tanhBackward', 'gradient * (1.0 - value * value)');
  const relu = forward('relu', 'select(value, vec4f(), value < vec4f())');
  const reluBackward = backward('reluBackward', 'select(vec4f(), gradient, value > vec4f())');
  return {
    exp: ({ x }, { size }, { y }) => exp({ x, y }, size, {}),
    tanh: ({ x }, { size }, { y }) => tanh({ x, y }, size, {}),
    tanhBackward: ({ y, dy }, { size }, { dx }) => tanhBackward({ y, dy, dx }, size, {}),
    relu: ({ x }, { size }, { y }) => relu({ x, y }, size, {}),
    reluBackward: ({ y, dy }, { size }, { dx }) => reluBackward({ y, dy, dx }, size, {}),
  };
}
