import type { KernelParameters } from '../../../contract.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Shader } from '../../engine/shader.ts';
import { eachElement } from '../elementwise.ts';

const parameters = {
  splits: 'u32',
  n: 'u32',
  m: 'u32',
  inner: 'u32',
  products: 'u32',
  cRow: 'u32',
  cOuter: 'u32',
  cInner: 'u32',
  scale: 'f32',
  add: 'u32',
} as const;

const main = `
      var total = 0.0;
      for (var split = 0u; split < p.splits; split++) { total += parts[split * p.size + i]; }
      let row = i / p.n;
      let product = row / p.m;
      let place = product / p.inner * p.cOuter + product % p.inner * p.cInner + row % p.m * p.cRow;
      total *= p.scale;
      if (p.add == 1u) { total += f32(c[place + i % p.n]); }
      c[place + i % p.n] = c_real(total);`;

const mainOfSums = `
      let rows = p.products * p.m;
      if (i < rows) {
        var sum = 0.0;
        for (var split = 0u; split < p.splits; split++) { sum += sumParts[split * rows + i]; }
        sums[i] = sum;
      }`;

/** Adds the parts of products whose sums are split, and of the sums of their rows; the products are added to c if `add`. */
export function combiner(
  queue: Queue,
): (
  parts: readonly GpuArray[],
  c: GpuArray,
  sums: GpuArray | undefined,
  p: KernelParameters<'matmul'>,
  splits: number,
  add: boolean,
) => void {
  type Combine = Shader<'parts' | 'c' | 'sumParts' | 'sums', keyof typeof parameters>;
  const combine = (shader: Pick<Combine, 'label' | 'inputs' | 'outputs' | 'main'>) =>
    eachElement<'parts' | 'c' | 'sumParts' | 'sums', keyof typeof parameters>(queue, {
      ...shader,
      parameters,
    });
  const plain = combine({ label: 'matmul', inputs: { parts: 'f32' }, outputs: { c: 'real' }, main });
  const withSums = combine({
    label: 'linearParameterGradients',
    inputs: { parts: 'f32', sumParts: 'f32' },
    outputs: { c: 'real', sums: 'f32' },
    main: main + mainOfSums,
  });
  return ([parts, sumParts], c, sums, p, splits, add) => {
    const products = p.outer * p.inner;
    const run = sums ? withSums : plain;
    run({ parts, sumParts, c, sums: sums as GpuArray }, products * p.m * p.n, {
      splits,
      n: p.n,
      m: p.m,
      inner: p.inner,
      products,
      cRow: p.cRow,
      cOuter: p.cOuter,
      cInner: p.cInner,
      scale: p.scale,
      add: Number(add),
    });
  };
}
