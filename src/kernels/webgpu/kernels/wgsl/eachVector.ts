import type { GpuArray } from '../../engine/buffers.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Element, Scalar, Shader } from '../../engine/shader.ts';

const WORKGROUP = 256;

type VectorShader<A extends string, P extends string> = Omit<Shader<A, P>, 'workgroup' | 'parameters'> & {
  readonly parameters?: { readonly [N in P]: Scalar };
};

/**
 * A shader whose `main` computes vector `i` of four elements, for every vector of arrays of `size` elements; it writes an
 * output y by `store_y(i, value)`, which writes nothing beyond the last element.
 */
export function eachVector<A extends string, P extends string>(
  queue: Queue,
  shader: VectorShader<A, P>,
): (arrays: { readonly [N in A]: GpuArray }, size: number, parameters: { readonly [N in P]: number }) => void {
  const stores = Object.entries<Element>(shader.outputs as Record<string, Element>).map(
    ([name, element]) => `
fn store_${name}(i: u32, value: vec4f) {
  var kept = value;
  let index = 4u * i + vec4u(0u, 1u, 2u, 3u);
  if (index.w >= p.size) { kept = select(vec4f(${name}[i]), value, index < vec4u(p.size)); }
  ${name}[i] = ${element === 'vec4real' ? `vec4<${name}_real>(kept)` : 'kept'};
}
`,
  );
  const run = queue.shader<A, P | 'size'>({
    ...shader,
    parameters: { ...shader.parameters, size: 'u32' } as { readonly [N in P | 'size']: Scalar },
    workgroup: WORKGROUP,
    declarations: (shader.declarations ?? '') + stores.join(''),
    main: `
  let i = group * ${WORKGROUP}u + lane;
  if (4u * i >= p.size) { return; }
  ${shader.main}`,
  });
  return (arrays, size, parameters) => run(arrays, { ...parameters, size }, Math.ceil(size / 4 / WORKGROUP));
}
