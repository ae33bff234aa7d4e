import { fusion, isDeferred } from '../../deferred.ts';
import { opOfMany } from '../../op.ts';
import { expectShape, rowsAndColumns } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { add } from '../arithmetic/add.ts';
import { maskParameters } from '../dropoutMask.ts';
import type { DropoutMask } from '../dropoutMask.ts';
import { layerNorm, normParameters } from '../layerNorm.ts';
import type { LayerNormOptions } from '../layerNorm.ts';
import { residualSum } from './patterns.ts';

/** layerNorm(add(residual, dropout(x)), gamma, beta), with or without dropout; the sum is an output too. */
export const dropoutAddLayerNorm = fusion(
  layerNorm,
  ['dropoutAddLayerNorm', 'dropoutAddLayerNormBackward'],
  (sum, gamma, beta, options) => {
    if (!isDeferred(add, sum)) return undefined;
    const parts = residualSum(...sum.args);
    if (!parts) return undefined;
    const { residual, x, mask } = parts;
    return { ...fused.prepare(residual, x, gamma, beta, options, mask), others: [sum] };
  },
);

const fused = opOfMany(
  'dropoutAddLayerNorm',
  (
    launch,
    residual: Tensor,
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    options: LayerNormOptions,
    mask: DropoutMask | undefined,
  ) => {
    const { columns } = rowsAndColumns(x.shape);
    expectShape('layerNorm', 'gamma', gamma.shape, [columns]);
    expectShape('layerNorm', 'beta', beta.shape, [columns]);
    const norm = normParameters(x, options);
    const drawn = maskParameters(mask);
    const { sum, y, mean, inverse } = launch(
      'dropoutAddLayerNorm',
      { x, residual, gamma, beta },
      { ...norm, ...drawn },
    );
    return {
      outputs: [
        { array: y, shape: x.shape },
        { array: sum, shape: x.shape },
      ],
      backward: ([dy, dsum], launch, into) => {
        if (!dy) return [dsum, dsum && launch('dropout', { x: dsum }, { size: x.size, ...drawn }).y];
        const inputs = { sum, gamma, mean, inverse, dy, dsum: dsum ?? dy };
        const parameters = { ...norm, ...drawn, addSum: Number(dsum !== undefined) };
        const outputs = { dgamma: into[2], dbeta: into[3] };
        const { dresidual, dx, dgamma, dbeta } = launch('dropoutAddLayerNormBackward', inputs, parameters, outputs);
        return [dresidual, dx, dgamma, dbeta];
      },
      saved: [sum, gamma, mean, inverse],
    };
  },
);
