import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Queue } from '../engine/queue.ts';
import { maximum, plus, reduction } from './wgsl/reduction.ts';
import type { Element } from '../engine/shader.ts';
import type { Traits } from '../engine/traits.ts';

const WORKGROUP = 256;
const GROUPS = 1024; // maximum number of partial sums, few enough for the second pass to add quickly

/** Sums of whole arrays in two passes. The cut depends on the size alone. */
export function reduceKernels(
  queue: Queue,
  traits: Traits,
): Pick<Kernels<GpuHandles>, 'sum' | 'sumSquares' | 'argmax'> {
  const reduced = (name: string, combine: typeof plus): string =>
    reduction(name, 'f32', combine, WORKGROUP, traits, WORKGROUP);
  const pass = (label: string, element: Element, term: string) =>
    queue.shader({
      label,
      inputs: { x: element },
      outputs: { y: 'f32' },
      parameters: { size: 'u32', scale: 'f32' },
      workgroup: WORKGROUP,
      declarations: reduced('sumOf', plus),
      main: `
  var totals = vec4f();
  for (var i = group * ${WORKGROUP}u + lane; 4u * i < p.size; i += p.groups * ${WORKGROUP}u) {
    let value = select(vec4f(), vec4f(x[i]), 4u * i + vec4u(0u, 1u, 2u, 3u) < vec4u(p.size));
    totals += ${term};
  }
  let total = sumOf(lane, dot(totals, vec4f(1.0)));
  if (lane == 0u) { y[group] = p.scale * total; }`,
    });
  const plain = pass('sum', 'vec4real', 'value');
  const squares = pass('sumSquares', 'vec4f', 'value * value');
  const total =
    (first: typeof plain): Kernels<GpuHandles>['sum'] =>
    ({ x }, { size, scale }, { y }) => {
      const groups = Math.min(GROUPS, Math.ceil(size / WORKGROUP / 16));
      if (groups <= 1) return first({ x, y }, { size, scale }, 1);
      const [partial] = queue.workspace(groups);
      first({ x, y: partial }, { size, scale: 1 }, groups);
      plain({ x: partial, y }, { size: groups, scale }, 1);
    };
  const sumSquares = total(squares);

  // Rows need not be aligned to vectors of four, so the first and last vector may contain elements of neighbouring rows.
  const argmax = queue.shader({
    label: 'argmax',
    inputs: { x: 'vec4real' },
    outputs: { indices: 'i32' },
    parameters: { columns: 'u32' },
    workgroup: WORKGROUP,
    declarations: reduced('maximumOf', maximum),
    main: `
  let start = group * p.columns;
  let end = start + p.columns;
  var best = -3.4e38;
  var found = end;
  for (var i = start / 4u + lane; 4u * i < end; i += ${WORKGROUP}u) {
    let values = vec4f(x[i]);
    for (var j = 0u; j < 4u; j++) {
      let at = 4u * i + j;
      if (at >= start && at < end && (values[j] > best || found == end)) { best = values[j]; found = at; }
    }
  }
  // Of equals the first.
  let largest = maximumOf(lane, best);
  let first = -maximumOf(lane, select(-f32(p.columns), -f32(found - start), best == largest));
  if (lane == 0u) { indices[group] = i32(min(u32(first), p.columns - 1u)); }`,
  });
  return {
    sum: total(plain),
    sumSquares: ({ x }, { size }, { y }) => sumSquares({ x }, { size, scale: 1 }, { y }),
    argmax: ({ x }, { rows, columns }, { indices }) => argmax({ x, indices }, { columns }, rows),
  };
}
