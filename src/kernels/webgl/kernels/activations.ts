import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

/** tanh by an exponential that cannot overflow; near 0, where 1 - e loses digits, by the first four terms of the series. */
const hyperbolicTangent = `function hyperbolicTangent(x) {
  let e = Math.exp(-2 * Math.abs(x));
  let size = (1 - e) / (1 + e);
  let s = x * x;
  let series = x * (1 + s * (-1 / 3 + s * (2 / 15 - s * (17 / 315))));
  return s < 0.04 ? series : (x < 0 ? -size : size);
}`;

export function activationKernels(
  engine: Engine,
): Pick<Kernels<WebGlHandles>, 'exp' | 'tanh' | 'tanhBackward' | 'relu' | 'reluBackward'> {
  const exp = engine.program({
    name: 'exp',
    parameters: { x: 'array' },
    body: `
      return Math.exp(x[this.thread.x]);
    `,
  });
  const tanh = engine.program({
    name: 'tanh',
    parameters: { x: 'array' },
    functions: [hyperbolicTangent],
    body: `
      return hyperbolicTangent(x[this.thread.x]);
    `,
  });
  const tanhBackward = engine.program({
    name: 'tanhBackward',
    parameters: { y: 'array', dy: 'array' },
    body: `
      let value = y[this.thread.x];
      return dy[this.thread.x] * (1 - value * value);
    `,
  });
  const relu = engine.program({
    name: 'relu',
    parameters: { x: 'array' },
    body: `
      let value = x[this.thread.x];
      return value < 0 ? 0 : value;
    `,
  });
  const reluBackward = engine.program({
    name: 'reluBackward',
    parameters: { y: 'array', dy: 'array' },
    body: `
      return y[this.thread.x] > 0 ? dy[this.thread.x] : 0;
    `,
  });
  return {
    exp: ({ x }, { size }, { y }) => exp(y, [size], { x: shaped(x, size) }),
    tanh: ({ x }, { size }, { y }) => tanh(y, [size], { x: shaped(x, size) }),
    tanhBackward: ({ y, dy }, { size }, { dx }) =>
      tanhBackward(dx, [size], { y: shaped(y, size), dy: shaped(dy, size) }),
    relu: ({ x }, { size }, { y }) => relu(y, [size], { x: shaped(x, size) }),
    reluBackward: ({ y, dy }, { size }, { dx }) =>
      reluBackward(dx, [size], { y: shaped(y, size), dy: shaped(dy, size) }),
  };
}
