import type { Kernels } from '../contract.ts';
import type { GpuHandles } from './buffers.ts';
import { eachElement } from './elementwise.ts';
import type { Queue } from './queue.ts';
import { TREE, maximumTree, overColumns, sumTree } from './workgroupTree.ts';

export function crossEntropyKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'crossEntropy' | 'crossEntropyBackward'> {
  const forward = queue.shader({
    label: 'crossEntropy',
    inputs: { logits: 'real', labels: 'i32' },
    outputs: { losses: 'f32', logSumExp: 'f32' },
    parameters: { columns: 'u32' },
    workgroup: TREE,
    declarations: sumTree + maximumTree,
    main: `
  let row = group * p.columns;
  var largest = -3.4e38;
  ${overColumns('largest = max(largest, f32(logits[row + c]));')}
  largest = maximumOver(lane, largest);
  var total = 0.0;
  ${overColumns('total += exp(f32(logits[row + c]) - largest);')}
  total = sumOver(lane, total);
  if (lane == 0u) {
    let logarithm = log(total);
    logSumExp[group] = largest + logarithm;
    losses[group] = (largest - f32(logits[row + u32(labels[group])])) + logarithm;
  }`,
  });
  const backward = eachElement(queue, {
    label: 'crossEntropyBackward',
    inputs: { logits: 'real', labels: 'i32', logSumExp: 'f32', dlosses: 'f32' },
    outputs: { dlogits: 'real' },
    parameters: { columns: 'u32' },
    main: `
      let row = i / p.columns;
      let hit = select(0.0, 1.0, i - row * p.columns == u32(labels[row]));
      dlogits[i] = dlogits_real(dlosses[row] * (exp(f32(logits[i]) - logSumExp[row]) - hit));`,
  });
  return {
    crossEntropy: ({ logits, labels }, { rows, columns }, { losses, logSumExp }) =>
      forward({ logits, labels, losses, logSumExp }, { columns }, rows),
    crossEntropyBackward: ({ logits, labels, logSumExp, dlosses }, { rows, columns }, { dlogits }) =>
      backward({ logits, labels, logSumExp, dlosses, dlogits }, rows * columns, { columns }),
  };
}
