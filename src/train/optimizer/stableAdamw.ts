import { adamwStep } from './adamw.ts';
import type { AdamWOptions } from './adamw.ts';
import { runsOf } from './rule.ts';
import type { Assign, Rule } from './rule.ts';

/** StableAdamW for each parameter by itself. */
export function assignStableAdamw(options: AdamWOptions): Assign {
  const rule = stableAdamwRule(options);
  return (arena) => runsOf(arena, () => false).map(({ offset, size }) => ({ offset, size, rule }));
}

/**
 * StableAdamW (Wortsman et al. 2023, algorithm 2): AdamW whose learning rate, weight decay's share of it too, is divided for each tensor by
 * the root mean square of gradient / max(epsilon, root of the second moment) where that exceeds 1, as it does while the second moment
 * lags behind gradients that have grown.
 */
function stableAdamwRule(options: AdamWOptions): Rule {
  return {
    keeps: ['firstMoment', 'secondMoment'],
    elementwise: false,
    scaled: true,
    update(stretch, context) {
      const { device, inverseScale } = context;
      const { arrays, parameters } = adamwStep(stretch, context, options);
      const { gradients, secondMoment, squaredNorm } = arrays;
      const { size, beta2, correction2, epsilon, clipNorm } = parameters;
      const moments = { gradients, secondMoment, squaredNorm };
      const settings = { size, beta2, correction2, epsilon, clipNorm };
      const { ratio } = inverseScale
        ? device.launch('adamwRatioScaled', { ...moments, inverseScale }, settings)
        : device.launch('adamwRatio', moments, settings);
      const { y: squaredRatio } = device.launch('sumSquares', { x: ratio }, { size });
      const [{ size: count }] = stretch.members;
      const all = { ...arrays, squaredRatio };
      if (inverseScale) device.launch('adamwStableScaled', { ...all, inverseScale }, { ...parameters, count });
      else device.launch('adamwStable', all, { ...parameters, count });
      for (const array of [ratio, squaredRatio]) device.free(array);
    },
  };
}
