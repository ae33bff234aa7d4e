import { op } from '../op.ts';
import { expectShape, rowsAndColumns } from '../shape.ts';
import type { Tensor } from '../tensor.ts';

export interface LayerNormOptions {
  readonly epsilon: number;
  /** `variance`: divide by sqrt(variance + epsilon); `deviation`: by (unbiased standard deviation + epsilon). */
  readonly form: 'variance' | 'deviation';
}

export type NormParameters = Record<'rows' | 'columns' | 'epsilon' | 'unbiased', number>;

/** The kernel parameters of a LayerNorm over x's rows. */
export function normParameters(x: Tensor, { epsilon, form }: LayerNormOptions): NormParameters {
  return { ...rowsAndColumns(x.shape), epsilon, unbiased: Number(form === 'deviation') };
}

/**
 * y = (x - mean) / deviation * gamma + beta over the last dimension (Ba et al. 2016). Other shapes throw a BertrandError.
 * @param x (..., columns)
 * @param gamma (columns)
 * @param beta (columns)
 * @returns (..., columns)
 */
export const layerNorm = op(
  'layerNorm',
  (launch, x: Tensor, gamma: Tensor, beta: Tensor, options: LayerNormOptions) => {
    const size = rowsAndColumns(x.shape);
    expectShape('layerNorm', 'gamma', gamma.shape, [size.columns]);
    expectShape('layerNorm', 'beta', beta.shape, [size.columns]);
    const parameters = normParameters(x, options);
    const { y, mean, inverse } = launch('layerNorm', { x, gamma, beta }, parameters);
    return {
      output: y,
      shape: x.shape,
      backward: (dy, launch, into) => {
        const { dx } = x.requiresGradient
          ? launch('layerNormBackward', { x, gamma, mean, inverse, dy }, parameters)
          : { dx: undefined };
        if (!gamma.requiresGradient && !beta.requiresGradient) return [dx];
        const outputs = { dgamma: into[1], dbeta: into[2] };
        const { dgamma, dbeta } = launch('layerNormParameterGradients', { x, mean, inverse, dy }, size, outputs);
        return [dx, dgamma, dbeta];
      },
      saved: [x, gamma, mean, inverse],
    };
  },
);
