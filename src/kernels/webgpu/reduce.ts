import type { Kernels } from '../contract.ts';
import type { GpuHandles } from './buffers.ts';
import type { Queue } from './queue.ts';
import type { Element } from './shader.ts';
import { TREE, overColumns, sumTree } from './workgroupTree.ts';

const GROUPS = 1024; // most partial sums: what the second pass adds quickly

/** Sums of whole arrays in two passes, cut by the size alone. */
export function reduceKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'sum' | 'sumSquares' | 'argmax'> {
  const pass = (label: string, element: Element, term: string) =>
    queue.shader({
      label,
      inputs: { x: element },
      outputs: { y: 'f32' },
      inF32: [['x']], // of losses, and of sums of blocks
      parameters: { size: 'u32', scale: 'f32' },
      workgroup: TREE,
      declarations: sumTree,
      main: `
  var total = 0.0;
  for (var i = group * ${TREE}u + lane; i < p.size; i += p.groups * ${TREE}u) { total += ${term}; }
  total = sumOver(lane, total);
  if (lane == 0u) { y[group] = p.scale * total; }`,
    });
  const plain = pass('sum', 'real', 'f32(x[i])');
  const squares = pass('sumSquares', 'f32', 'x[i] * x[i]');
  const total =
    (first: typeof plain): Kernels<GpuHandles>['sum'] =>
    ({ x }, { size, scale }, { y }) => {
      const groups = Math.min(GROUPS, Math.ceil(size / TREE / 4));
      if (groups <= 1) return first({ x, y }, { size, scale }, 1);
      const [partial] = queue.workspace(groups);
      first({ x, y: partial }, { size, scale: 1 }, groups);
      plain({ x: partial, y }, { size: groups, scale }, 1);
    };
  const sumSquares = total(squares);

  const argmax = queue.shader({
    label: 'argmax',
    inputs: { x: 'real' },
    outputs: { indices: 'i32' },
    parameters: { columns: 'u32' },
    workgroup: TREE,
    declarations: `
var<workgroup> values: array<f32, ${TREE}>;
var<workgroup> places: array<u32, ${TREE}>;
`,
    main: `
  let row = group * p.columns;
  var best = 0u;
  ${overColumns('if (x[row + c] > x[row + best] || c == lane) { best = c; }')}
  values[lane] = f32(x[row + best]);
  places[lane] = best;
  workgroupBarrier();
  for (var half = ${TREE / 2}u; half > 0u; half /= 2u) {
    if (lane < half) {
      let other = lane + half;
      let better = values[other] > values[lane] || (values[other] == values[lane] && places[other] < places[lane]);
      if (better) {
        values[lane] = values[other];
        places[lane] = places[other];
      }
    }
    workgroupBarrier();
  }
  if (lane == 0u) { indices[group] = i32(places[0]); }`,
  });
  return {
    sum: total(plain),
    sumSquares: ({ x }, { size }, { y }) => sumSquares({ x }, { size, scale: 1 }, { y }),
    argmax: ({ x }, { rows, columns }, { indices }) => argmax({ x, indices }, { columns }, rows),
  };
}
