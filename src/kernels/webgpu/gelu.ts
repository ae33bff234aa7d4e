import type { Kernels } from '../contract.ts';
import type { GpuHandles } from './buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from './queue.ts';

/** The curve's coefficients by powers of t, highest first. */
const TAIL = [
  0.03567564859986305, -0.15720681846141815, 0.20636005699634552, -0.053689755499362946, 0.12856489419937134,
  0.09991250187158585, 0.12075411528348923, 0.11962928622961044,
];

/**
 * Phi(x) and its derivative, both forms, exact in relative terms also where Phi is small. The tail of the normal
 * distribution is exp(-x^2 / 2) times a curve in t = 1 / (1 + 0.3 |x|); the tanh form is a sigmoid.
 */
const phi = `
struct Phi { value: f32, slope: f32 }

fn exact(x: f32) -> Phi {
  let gaussian = exp(-0.5 * min(x * x, 170.0));
  let t = 1.0 / (1.0 + 0.3 * abs(x));
  var curve = ${TAIL[0]};
  ${TAIL.slice(1)
    .map((coefficient) => `curve = curve * t + ${coefficient};`)
    .join('\n  ')}
  let tail = t * curve * gaussian;
  return Phi(select(tail, 1.0 - tail, x > 0.0), 0.3989422804 * gaussian);
}

fn approximate(x: f32) -> Phi {
  let bounded = clamp(x, -10.0, 10.0);
  let u = bounded * (1.5957691216 + 0.0713548162726 * bounded * bounded);
  let e = exp(-abs(u));
  let inverse = 1.0 / (1.0 + e);
  let slope = e * inverse * inverse * (1.5957691216 + 0.2140644488178 * bounded * bounded);
  return Phi(select(e * inverse, inverse, u > 0.0), slope);
}

fn phi(x: f32) -> Phi {
  if (p.tanh == 1u) { return approximate(x); }
  return exact(x);
}
`;

export function geluKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'gelu' | 'geluBackward'> {
  const gelu = eachElement(queue, {
    label: 'gelu',
    inputs: { x: 'real' },
    outputs: { y: 'real' },
    parameters: { tanh: 'u32' },
    declarations: phi,
    main: 'let value = f32(x[i]); y[i] = y_real(value * phi(value).value);',
  });
  const backward = eachElement(queue, {
    label: 'geluBackward',
    inputs: { x: 'real', dy: 'real' },
    outputs: { dx: 'real' },
    parameters: { tanh: 'u32' },
    declarations: phi,
    main: 'let value = f32(x[i]); let at = phi(value); dx[i] = dx_real(f32(dy[i]) * (at.value + value * at.slope));',
  });
  return {
    gelu: ({ x }, { size, tanh }, { y }) => gelu({ x, y }, size, { tanh }),
    geluBackward: ({ x, dy }, { size, tanh }, { dx }) => backward({ x, dy, dx }, size, { tanh }),
  };
}
