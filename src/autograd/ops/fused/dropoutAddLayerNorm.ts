import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { opOfMany, tapeOf } from '../../op.ts';
import { expectShape, rowsAndColumns } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { dropoutAdd } from './dropoutAdd.ts';
import { layerNorm, normParameters } from '../layerNorm.ts';
import type { LayerNormOptions } from '../layerNorm.ts';

/** What stands between two sublayers: the residual sum, and its LayerNorm. */
export interface SumAndNorm {
  readonly sum: Tensor;
  readonly norm: Tensor;
}

/**
 * sum = residual + dropout(x), norm = layerNorm(sum), in one kernel where the device has it.
 * @param residual (..., columns), as is x
 * @param gamma (columns), as is beta
 */
export function dropoutAddLayerNorm(
  residual: Tensor,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  options: LayerNormOptions,
  dropout: DropoutMask | undefined,
): SumAndNorm {
  const tape = tapeOf('dropoutAddLayerNorm', [residual, x]);
  if (tape.has('dropoutAddLayerNorm') && tape.has('dropoutAddLayerNormBackward')) {
    const [sum, norm] = fused(residual, x, gamma, beta, options, dropout);
    return { sum, norm };
  }
  const sum = dropoutAdd(residual, x, dropout);
  return { sum, norm: layerNorm(sum, gamma, beta, options) };
}

const fused = opOfMany(
  'dropoutAddLayerNorm',
  (
    launch,
    residual: Tensor,
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    options: LayerNormOptions,
    dropout: DropoutMask | undefined,
  ) => {
    const size = rowsAndColumns(x.shape);
    expectShape('dropoutAddLayerNorm', 'residual', residual.shape, x.shape);
    expectShape('dropoutAddLayerNorm', 'gamma', gamma.shape, [size.columns]);
    expectShape('dropoutAddLayerNorm', 'beta', beta.shape, [size.columns]);
    const norm = normParameters(x, options);
    const drawn = maskParameters(dropout);
    const { sum, y, mean, inverse } = launch(
      'dropoutAddLayerNorm',
      { x, residual, gamma, beta },
      { ...norm, ...drawn },
    );
    return {
      outputs: [
        { array: sum, shape: x.shape },
        { array: y, shape: x.shape },
      ],
      backward: ([dsum, dy], launch, into) => {
        if (!dy) return [dsum, dsum && launch('dropout', { x: dsum }, { size: x.size, ...drawn }).y];
        const inputs = { sum, gamma, mean, inverse, dy, dsum: dsum ?? dy };
        const parameters = { ...norm, ...drawn, addSum: Number(dsum !== undefined) };
        const { dresidual, dx } = launch('dropoutAddLayerNormBackward', inputs, parameters);
        const outputs = { dgamma: into[2], dbeta: into[3] };
        const { dgamma, dbeta } = launch('layerNormParameterGradients', { x: sum, mean, inverse, dy }, size, outputs);
        return [dresidual, dx, dgamma, dbeta];
      },
      reads: [sum, gamma, mean, inverse],
    };
  },
);
