import type { Kernels, KernelParameters } from '../../../contract.ts';
import type { GpuArray, GpuHandles } from '../../engine/buffers.ts';
import { combiner } from './combiner.ts';
import { matmulShader } from './matmulShader.ts';
import { matrixShader } from './matrixShader.ts';
import type { MatrixTile } from './matrixTile.ts';
import { linearKernels } from './linears.ts';
import type { LinearKernels } from './linears.ts';
import type { Tile } from './matmulTile.ts';
import { planner, waysWith } from './plan.ts';
import type { Plan } from './plan.ts';
import type { Joined, Multiply, Product, ProductArray } from './product.ts';
import { productParameters } from './productParameters.ts';
import type { ProductParameters } from './productParameters.ts';
import type { MatmulShader, Operand, ProductLayout } from './productText.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Matrices } from './subgroupMatrix.ts';
import type { Tuner } from '../../engine/tuner/tuner.ts';

/** The plan of a product and, by the index of the tile, its shader's parameters, of which calls change those of the activation. */
interface Prepared {
  readonly plan: Plan;
  readonly parameters: (ProductParameters | undefined)[];
}

/** Each product uses the shader variant for its layout. Small, deep ones are split into parts that a second pass adds; f16 ones use matrix units if available. */
export function matmulKernels(
  queue: Queue,
  tuner: Tuner,
  matrices?: Matrices,
): Pick<Kernels<GpuHandles>, 'matmul'> & LinearKernels {
  const variants = new Map<string, Product>();
  const known = (
    tile: Tile | MatrixTile,
    straight: readonly Operand[],
    layout: ProductLayout,
    make: () => MatmulShader,
  ): Product => {
    const key = [...Object.values(tile), straight.join(''), ...Object.values(layout)].map(String).join(' ');
    const made = variants.get(key) ?? queue.shader(make());
    variants.set(key, made);
    return made;
  };
  const productBy = (tile: Tile | MatrixTile, { layout, straight }: Plan): Product => {
    if ('perThread' in tile) return known(tile, [], layout, () => matmulShader({ tile, ...layout }));
    const { unit } = matrices as Matrices;
    const loaded = tile.straight ? straight : [];
    return known(tile, loaded, layout, () => matrixShader(layout, tile, unit, loaded));
  };

  const combine = combiner(queue);

  const allTiles = waysWith(matrices);
  const planOf = planner(matrices);

  /** Of a product whose parameters are always the same object, by the types of a, b and c; callers keep one for each use. */
  const prepared = new WeakMap<KernelParameters<'matmul'>, (Prepared | undefined)[]>();
  const preparedOf = (
    p: KernelParameters<'matmul'>,
    a: GpuArray,
    b: GpuArray,
    c: GpuArray,
    epilogue: ProductLayout['epilogue'],
    sums: boolean,
    joined: Joined | undefined,
  ): Prepared => {
    let byTypes = prepared.get(p);
    if (!byTypes) prepared.set(p, (byTypes = []));
    const halves = [a.type === 'f16', b.type === 'f16', c.type === 'f16'] as const;
    const types = Number(halves[0]) + 2 * Number(halves[1]) + 4 * Number(halves[2]);
    return (byTypes[types] ??= { plan: planOf(p, halves, epilogue, sums, joined), parameters: [] });
  };

  const multiply: Multiply = (a, b, c, p, { joined, epilogue = 'none', bias, y, activation, sums } = {}) => {
    const products = p.outer * p.inner;
    const size = products * p.m * p.n;
    if (size === 0) return;
    const { plan, parameters } = preparedOf(p, a, b, c, epilogue, sums !== undefined, joined);
    const split = plan.splits > 1;
    const partial = split ? queue.workspace(plan.splits * size, sums ? plan.splits * products * p.m : 0) : [];
    const [target, targetSums] = split ? partial : [c, sums];
    const arrays = { a, b, c: target, bias, y, sums: targetSums } as Record<ProductArray, GpuArray>;
    const compute = (make: Product, way: number): void => {
      const given = (parameters[way] ??= productParameters(p, plan, allTiles[way].side, joined));
      if (activation) {
        given.tanh = activation.tanh;
        given.threshold = activation.threshold;
        given.factor = activation.factor;
        given.keyHigh = activation.keyHigh;
        given.keyLow = activation.keyLow;
      }
      make(arrays, given, given.tilesDown * given.tilesAcross * products * plan.splits, 2 * size * p.k);
    };
    const by = (way: number): Product => (plan.byTile[way] ??= productBy(allTiles[way], plan));
    tuner.run(
      plan.kind,
      plan.ways,
      size * plan.terms,
      (way) => compute(by(way), way),
      (way) => by(way).ready(arrays),
    );
    if (split) combine(partial, c, sums, p, plan.splits, epilogue === 'add');
  };

  return { matmul: ({ a, b }, p, { c }) => multiply(a, b, c, p), ...linearKernels(multiply) };
}
