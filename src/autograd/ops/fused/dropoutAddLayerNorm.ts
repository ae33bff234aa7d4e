import { drawingParameters } from '../drawing.ts';
import type { Drawing } from '../drawing.ts';
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
  dropout: Drawing | undefined,
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
    run,
    residual: Tensor,
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    options: LayerNormOptions,
    dropout: Drawing | undefined,
  ) => {
    const size = rowsAndColumns(x.shape);
    expectShape('dropoutAddLayerNorm', 'residual', residual.shape, x.shape);
    expectShape('dropoutAddLayerNorm', 'gamma', gamma.shape, [size.columns]);
    expectShape('dropoutAddLayerNorm', 'beta', beta.shape, [size.columns]);
    const norm = normParameters(x, options);
    const drawn = drawingParameters(dropout);
    const { sum, y, mean, inverse } = run('dropoutAddLayerNorm', { x, residual, gamma, beta }, { ...norm, ...drawn });
    return {
      outputs: [
        { array: sum, shape: x.shape },
        { array: y, shape: x.shape },
      ],
      backward: ([dsum, dy], run, into) => {
        if (!dy) return [dsum, dsum && run('dropout', { x: dsum }, { size: x.size, ...drawn }).y];
        const inputs = { sum, gamma, mean, inverse, dy, dsum: dsum ?? dy };
        const parameters = { ...norm, ...drawn, addSum: Number(dsum !== undefined) };
        const { dresidual, dx } = run('dropoutAddLayerNormBackward', inputs, parameters);
        const outputs = { dgamma: into[2], dbeta: into[3] };
        const { dgamma, dbeta } = run('layerNormParameterGradients', { x: sum, mean, inverse, dy }, size, outputs);
        return [dresidual, dx, dgamma, dbeta];
      },
      reads: [sum, gamma, mean, inverse],
    };
  },
);
