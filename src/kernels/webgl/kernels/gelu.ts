import type { Kernels } from '../../contract.ts';
import {
  CUBIC,
  CUBIC_SLOPE,
  DENSITY,
  LINEAR,
  POWER0,
  POWER1,
  POWER2,
  POWER3,
  POWER4,
  POWER5,
  POWER6,
  POWER7,
  SLOPE,
} from '../../geluConstants.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

const POLYNOMIAL = [POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0].reduce(
  (higher, coefficient) => `(${higher}) * t + (${coefficient})`,
  `${POWER7}`,
);

/**
 * Phi(x), the normal distribution function. GLSL has no erf; the tail is exp(-x^2 / 2) times a polynomial in t
 * (geluConstants.ts), accurate to float32 even where it is small.
 */
const normal = `function normal(x) {
  let t = 1 / (1 + ${SLOPE} * Math.abs(x));
  let tail = t * Math.exp(-0.5 * Math.min(x * x, 170)) * (${POLYNOMIAL});
  return x > 0 ? 1 - tail : tail;
}`;

/** (1 + tanh(u / 2)) / 2, by an exponential that cannot overflow. */
const sigmoid = `function sigmoid(u) {
  let e = Math.exp(-Math.abs(u));
  return u > 0 ? 1 / (1 + e) : e / (1 + e);
}`;

/** GELU(x) = x Phi(x), and its derivative Phi(x) + x Phi'(x); the tanh form replaces Phi by a sigmoid. */
export function geluKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'gelu' | 'geluBackward'> {
  const exact = engine.program({
    name: 'gelu',
    parameters: { x: 'array' },
    functions: [normal],
    body: `
      let value = x[this.thread.x];
      return value * normal(value);
    `,
  });
  const exactBackward = engine.program({
    name: 'geluBackward',
    parameters: { x: 'array', dy: 'array' },
    functions: [normal],
    body: `
      let value = x[this.thread.x];
      let density = ${DENSITY} * Math.exp(-0.5 * Math.min(value * value, 170));
      return dy[this.thread.x] * (normal(value) + value * density);
    `,
  });
  const tanh = engine.program({
    name: 'geluTanh',
    parameters: { x: 'array' },
    functions: [sigmoid],
    body: `
      let value = x[this.thread.x];
      let bounded = Math.max(-10, Math.min(10, value));
      return value * sigmoid(bounded * (${LINEAR} + ${CUBIC} * bounded * bounded));
    `,
  });
  const tanhBackward = engine.program({
    name: 'geluTanhBackward',
    parameters: { x: 'array', dy: 'array' },
    functions: [sigmoid],
    body: `
      let value = x[this.thread.x];
      let bounded = Math.max(-10, Math.min(10, value));
      let u = bounded * (${LINEAR} + ${CUBIC} * bounded * bounded);
      let slope = sigmoid(u) * sigmoid(-u) * (${LINEAR} + ${CUBIC_SLOPE} * bounded * bounded);
      return dy[this.thread.x] * (sigmoid(u) + value * slope);
    `,
  });
  return {
    gelu: ({ x }, { size, tanh: approximate }, { y }) =>
      (approximate ? tanh : exact)(y, [size], { x: shaped(x, size) }),
    geluBackward: ({ x, dy }, { size, tanh: approximate }, { dx }) =>
      (approximate ? tanhBackward : exactBackward)(dx, [size], { x: shaped(x, size), dy: shaped(dy, size) }),
  };
}
