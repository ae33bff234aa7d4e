import type { Kernels } from '../contract.ts';
import type { GpuHandles } from './buffers.ts';
import type { Queue } from './queue.ts';
import { TREE, overColumns, sumTree } from './workgroupTree.ts';

/** A workgroup a row. */
export function layerNormKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'layerNorm' | 'layerNormBackward'> {
  const forward = queue.shader({
    label: 'layerNorm',
    inputs: { x: 'real', gamma: 'f32', beta: 'f32' },
    outputs: { y: 'real', mean: 'f32', inverse: 'f32' },
    parameters: { columns: 'u32', epsilon: 'f32', unbiased: 'u32' },
    workgroup: TREE,
    declarations: sumTree,
    // The mean is corrected by the mean of what remains: of large numbers close to each other it is off by more than these differ.
    main: `
  let row = group * p.columns;
  let count = f32(p.columns);
  var total = 0.0;
  ${overColumns('total += f32(x[row + c]);')}
  let centre = sumOver(lane, total) / count;
  var remains = 0.0;
  var squares = 0.0;
  ${overColumns('let d = f32(x[row + c]) - centre; remains += d; squares += d * d;')}
  let correction = sumOver(lane, remains) / count;
  squares = max(0.0, sumOver(lane, squares) - count * correction * correction);
  var scale = 1.0 / sqrt(squares / count + p.epsilon);
  if (p.unbiased == 1u) { scale = 1.0 / (sqrt(squares / f32(max(p.columns, 2u) - 1u)) + p.epsilon); }
  ${overColumns('y[row + c] = y_real(((f32(x[row + c]) - centre) - correction) * scale * gamma[c] + beta[c]);')}
  if (lane == 0u) {
    mean[group] = centre;
    inverse[group] = scale;
  }`,
  });
  const backward = queue.shader({
    label: 'layerNormBackward',
    inputs: { x: 'real', gamma: 'f32', mean: 'f32', inverse: 'f32', dy: 'real' },
    outputs: { dx: 'real' },
    parameters: { columns: 'u32', epsilon: 'f32', unbiased: 'u32' },
    workgroup: TREE,
    declarations: sumTree,
    main: `
  let row = group * p.columns;
  let centre = mean[group];
  let scale = inverse[group];
  var total = 0.0;
  var product = 0.0;
  ${overColumns(`
    let g = f32(dy[row + c]) * gamma[c];
    total += g;
    product += g * (f32(x[row + c]) - centre);`)}
  total = sumOver(lane, total) / f32(p.columns);
  product = sumOver(lane, product);
  var slope = scale * scale * scale / f32(p.columns);
  if (p.unbiased == 1u) {
    let deviation = 1.0 / scale - p.epsilon;
    slope = 0.0; // a constant row has none
    if (deviation > 0.0) { slope = scale * scale / (deviation * f32(max(p.columns, 2u) - 1u)); }
  }
  ${overColumns('dx[row + c] = dx_real(scale * (f32(dy[row + c]) * gamma[c] - total) - (f32(x[row + c]) - centre) * slope * product);')}`,
  });
  return {
    layerNorm: ({ x, gamma, beta }, { rows, columns, epsilon, unbiased }, { y, mean, inverse }) =>
      forward({ x, gamma, beta, y, mean, inverse }, { columns, epsilon, unbiased }, rows),
    layerNormBackward: ({ x, gamma, mean, inverse, dy }, { rows, columns, epsilon, unbiased }, { dx }) =>
      backward({ x, gamma, mean, inverse, dy, dx }, { columns, epsilon, unbiased }, rows),
  };
}
