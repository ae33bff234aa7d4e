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
import type { GpuHandles } from '../engine/buffers.ts';
import { dropoutMask, maskParameters, maskValues } from './wgsl/dropoutMask.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';

const LOWER_POWERS = [POWER6, POWER5, POWER4, POWER3, POWER2, POWER1, POWER0];

/**
 * Phi(x) and its derivative in both forms, with a small relative error even where Phi is small. The tail of the normal
 * distribution is exp(-x^2 / 2) times a polynomial in t (geluConstants.ts); the tanh form is a sigmoid.
 */
export const phi = `
struct Phi { value: vec4f, slope: vec4f }

fn exact(x: vec4f) -> Phi {
  let gaussian = exp(-0.5 * min(x * x, vec4f(170.0)));
  let t = 1.0 / (1.0 + ${SLOPE} * abs(x));
  var curve = vec4f(${POWER7});
  ${LOWER_POWERS.map((coefficient) => `curve = curve * t + ${coefficient};`).join('\n  ')}
  let tail = t * curve * gaussian;
  return Phi(select(tail, 1.0 - tail, x > vec4f()), ${DENSITY} * gaussian);
}

fn approximate(x: vec4f) -> Phi {
  let bounded = clamp(x, vec4f(-10.0), vec4f(10.0));
  let u = bounded * (${LINEAR} + ${CUBIC} * bounded * bounded);
  let e = exp(-abs(u));
  let inverse = 1.0 / (1.0 + e);
  let slope = e * inverse * inverse * (${LINEAR} + ${CUBIC_SLOPE} * bounded * bounded);
  return Phi(select(e * inverse, inverse, u > vec4f()), slope);
}

fn phi(x: vec4f) -> Phi {
  if (p.tanh == 1u) { return approximate(x); }
  return exact(x);
}
`;

/** gelu is geluDropout with a rate of 0, profiled under its own name. */
export function geluKernels(
  queue: Queue,
): Pick<Kernels<GpuHandles>, 'gelu' | 'geluBackward' | 'geluDropout' | 'geluDropoutBackward' | 'geluDropoutBoth'> {
  const shared = { parameters: { tanh: 'u32', ...maskParameters }, declarations: phi + dropoutMask } as const;
  const [gelu, geluDropout] = ['gelu', 'geluDropout'].map((label) =>
    eachVector(queue, {
      ...shared,
      label,
      inputs: { x: 'vec4real' },
      outputs: { y: 'vec4real' },
      main: 'let value = vec4f(x[i]); store_y(i, dropoutOfVector(value * phi(value).value, i));',
    }),
  );
  const [geluBackward, geluDropoutBackward] = ['geluBackward', 'geluDropoutBackward'].map((label) =>
    eachVector(queue, {
      ...shared,
      label,
      inputs: { x: 'vec4real', dy: 'vec4real' },
      outputs: { dx: 'vec4real' },
      main: `
  let value = vec4f(x[i]);
  let at = phi(value);
  store_dx(i, dropoutOfVector(vec4f(dy[i]), i) * (at.value + value * at.slope));`,
    }),
  );
  const geluDropoutBoth = eachVector(queue, {
    ...shared,
    label: 'geluDropoutBoth',
    inputs: {},
    outputs: { x: 'vec4real', dy: 'vec4real' },
    main: `
  let value = vec4f(x[i]);
  let gradient = vec4f(dy[i]);
  let at = phi(value);
  store_x(i, dropoutOfVector(value * at.value, i));
  store_dy(i, dropoutOfVector(gradient, i) * (at.value + value * at.slope));`,
  });
  const none = maskValues({ rate: 0, keyHigh: 0, keyLow: 0 });
  return {
    gelu: ({ x }, { size, tanh }, { y }) => gelu({ x, y }, size, { tanh, ...none }),
    geluBackward: ({ x, dy }, { size, tanh }, { dx }) => geluBackward({ x, dy, dx }, size, { tanh, ...none }),
    geluDropout: ({ x }, p, { y }) => geluDropout({ x, y }, p.size, { tanh: p.tanh, ...maskValues(p) }),
    geluDropoutBackward: ({ x, dy }, p, { dx }) =>
      geluDropoutBackward({ x, dy, dx }, p.size, { tanh: p.tanh, ...maskValues(p) }),
    geluDropoutBoth: ({ x, dy }, p) => geluDropoutBoth({ x, dy }, p.size, { tanh: p.tanh, ...maskValues(p) }),
  };
}
