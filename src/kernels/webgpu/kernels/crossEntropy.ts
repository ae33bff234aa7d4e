import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import { eachVector } from './wgsl/eachVector.ts';
import type { Queue } from '../engine/queue.ts';
import { maximum, plus, reduction } from './wgsl/reduction.ts';
import type { Traits } from '../engine/traits.ts';

const WORKGROUP = 256; // invocations per row

export function crossEntropyKernels(
  queue: Queue,
  traits: Traits,
): Pick<Kernels<GpuHandles>, 'crossEntropy' | 'crossEntropyBackward' | 'crossEntropyInPlace'> {
  // Reads the logits once: whenever a larger one occurs, the sum so far is rescaled. Rows need not be aligned to vectors of
  // four, so the first and last vector may contain elements of neighbouring rows.
  const forward = queue.shader({
    label: 'crossEntropy',
    inputs: { logits: 'vec4real', labels: 'i32' },
    outputs: { losses: 'f32', logSumExp: 'f32' },
    parameters: { columns: 'u32' },
    workgroup: WORKGROUP,
    declarations:
      reduction('sumOfRow', 'f32', plus, WORKGROUP, traits, WORKGROUP) +
      reduction('maximumOfRow', 'f32', maximum, WORKGROUP, traits, WORKGROUP),
    main: `
  let start = group * p.columns;
  let end = start + p.columns;
  var largest = -3.4e38;
  var total = 0.0;
  for (var i = start / 4u + lane; 4u * i < end; i += ${WORKGROUP}u) {
    let place = 4u * i + vec4u(0u, 1u, 2u, 3u);
    let mine = (place >= vec4u(start)) & (place < vec4u(end));
    let values = select(vec4f(-3.4e38), vec4f(logits[i]), mine);
    let top = max(max(max(values.x, values.y), max(values.z, values.w)), largest);
    let powers = select(vec4f(), exp(values - top), mine);
    total = total * exp(largest - top) + dot(powers, vec4f(1.0));
    largest = top;
  }
  let top = maximumOfRow(lane, largest);
  total = sumOfRow(lane, total * exp(largest - top));
  if (lane == 0u) {
    let logarithm = log(total);
    let label = start + u32(labels[group]);
    logSumExp[group] = top + logarithm;
    losses[group] = (top - f32(logits[label / 4u][label % 4u])) + logarithm;
  }`,
  });
  const saved = { labels: 'i32', logSumExp: 'f32', dlosses: 'f32' } as const;
  const slope = (dlogits: string): string => `
  let index = 4u * i + vec4u(0u, 1u, 2u, 3u);
  let row = min(index / p.columns, vec4u((p.size - 1u) / p.columns));
  let label = vec4i(${[0, 1, 2, 3].map((j) => `labels[row[${j}]]`).join(', ')});
  let sum = vec4f(${[0, 1, 2, 3].map((j) => `logSumExp[row[${j}]]`).join(', ')});
  let slope = vec4f(${[0, 1, 2, 3].map((j) => `dlosses[row[${j}]]`).join(', ')});
  let hit = select(vec4f(), vec4f(1.0), index - row * p.columns == vec4u(label));
  store_${dlogits}(i, slope * (exp(vec4f(logits[i]) - sum) - hit));`;
  const parameters = { columns: 'u32' } as const;
  const backward = eachVector(queue, {
    label: 'crossEntropyBackward',
    inputs: { logits: 'vec4real', ...saved },
    outputs: { dlogits: 'vec4real' },
    parameters,
    main: slope('dlogits'),
  });
  const inPlace = eachVector(queue, {
    label: 'crossEntropyInPlace',
    inputs: saved,
    outputs: { logits: 'vec4real' },
    parameters,
    main: slope('logits'),
  });
  return {
    crossEntropy: ({ logits, labels }, { rows, columns }, { losses, logSumExp }) =>
      forward({ logits, labels, losses, logSumExp }, { columns }, rows),
    crossEntropyBackward: ({ logits, labels, logSumExp, dlosses }, { rows, columns }, { dlogits }) =>
      backward({ logits, labels, logSumExp, dlosses, dlogits }, rows * columns, { columns }),
    crossEntropyInPlace: (inputs, { rows, columns }) => inPlace(inputs, rows * columns, { columns }),
  };
}
