import type { Kernels } from '../contract.ts';
import type { GpuHandles } from './buffers.ts';
import type { Queue } from './queue.ts';
import { TREE, maximumTree, overColumns, sumTree } from './workgroupTree.ts';

/** Of the columns [start, end) of the row that begins at `row`; 0 elsewhere. */
const softmaxOfSpan = `
  var largest = -3.4e38;
  ${overColumns('largest = max(largest, f32(x[row + c]));', 'start', 'end')}
  largest = maximumOver(lane, largest);
  var total = 0.0;
  ${overColumns('total += exp(f32(x[row + c]) - largest);', 'start', 'end')}
  total = sumOver(lane, total);
  ${overColumns(`
    var value = 0.0;
    if (c >= start && c < end) { value = exp(f32(x[row + c]) - largest) / total; }
    y[row + c] = y_real(value);`)}`;

/** A workgroup a row. */
export function softmaxKernels(
  queue: Queue,
): Pick<Kernels<GpuHandles>, 'softmax' | 'maskedSoftmax' | 'softmaxBackward'> {
  const softmax = queue.shader({
    label: 'softmax',
    inputs: { x: 'real' },
    outputs: { y: 'real' },
    parameters: { columns: 'u32' },
    workgroup: TREE,
    declarations: sumTree + maximumTree,
    main: `
  let row = group * p.columns;
  let start = 0u;
  let end = p.columns;
  ${softmaxOfSpan}`,
  });
  const masked = queue.shader({
    label: 'maskedSoftmax',
    inputs: { x: 'real', spans: 'i32' },
    outputs: { y: 'real' },
    parameters: { columns: 'u32', heads: 'u32' },
    workgroup: TREE,
    declarations: sumTree + maximumTree,
    main: `
  let row = group * p.columns;
  let sequence = group / (p.heads * p.columns);
  let query = sequence * p.columns + group % p.columns;
  let start = u32(spans[2u * query]);
  let end = u32(spans[2u * query + 1u]);
  ${softmaxOfSpan}`,
  });
  const backward = queue.shader({
    label: 'softmaxBackward',
    inputs: { y: 'real', dy: 'real' },
    outputs: { dx: 'real' },
    parameters: { columns: 'u32' },
    workgroup: TREE,
    declarations: sumTree,
    main: `
  let row = group * p.columns;
  var inner = 0.0;
  ${overColumns('inner += f32(y[row + c]) * f32(dy[row + c]);')}
  inner = sumOver(lane, inner);
  ${overColumns('dx[row + c] = dx_real(f32(y[row + c]) * (f32(dy[row + c]) - inner));')}`,
  });
  return {
    softmax: ({ x }, { rows, columns }, { y }) => softmax({ x, y }, { columns }, rows),
    maskedSoftmax: ({ x, spans }, { batch, heads, length }, { y }) =>
      masked({ x, spans, y }, { columns: length, heads }, batch * heads * length),
    softmaxBackward: ({ y, dy }, { rows, columns }, { dx }) => backward({ y, dy, dx }, { columns }, rows),
  };
}
