import { adamwNumbers, adamwRatioNumbers } from '../../adamwNumbers.ts';
import type { KernelParameters, Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import { clip } from './clip.ts';

/**
 * AdamW in three programs, since each can write only one array. Values that depend only on the step are computed on the host in float64.
 * StableAdamW's have a last one of their own.
 */
export function adamwKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'adamw' | 'adamwRatio' | 'adamwStable'> {
  const first = engine.program({
    name: 'adamwFirstMoment',
    parameters: { moment: 'array', gradients: 'array', squaredNorm: 'array', clipNorm: 'real', rate: 'real' },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      return moment[this.thread.x] + rate * (gradient - moment[this.thread.x]);
    `,
  });
  const second = engine.program({
    name: 'adamwSecondMoment',
    parameters: { moment: 'array', gradients: 'array', squaredNorm: 'array', clipNorm: 'real', rate: 'real' },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      return moment[this.thread.x] + rate * (gradient * gradient - moment[this.thread.x]);
    `,
  });
  const common = {
    weights: 'array',
    first: 'array',
    second: 'array',
    decayed: 'integer',
    decay: 'real',
    stepSize: 'real',
    correction: 'real',
    epsilon: 'real',
  } as const;
  const change = `
      let weight = weights[this.thread.x];
      let direction = first[this.thread.x] / (Math.sqrt(second[this.thread.x] * correction) + epsilon);
      let change = stepSize * direction;
      if (this.thread.x < decayed) {
        change += decay * weight;
      }`;
  const step = engine.program({
    name: 'adamwWeights',
    parameters: common,
    body: `${change}
      return weight - change;
    `,
  });
  const stableStep = engine.program({
    name: 'adamwStableWeights',
    parameters: { ...common, squaredRatio: 'array', count: 'real' },
    body: `${change}
      return weight - change / Math.max(1, Math.sqrt(squaredRatio[0] / count));
    `,
  });
  const ratios = engine.program({
    name: 'adamwRatio',
    parameters: {
      moment: 'array',
      gradients: 'array',
      squaredNorm: 'array',
      clipNorm: 'real',
      rate: 'real',
      correction: 'real',
      epsilon: 'real',
    },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      let before = moment[this.thread.x];
      let after = before + rate * (gradient * gradient - before);
      return gradient / Math.max(epsilon, Math.sqrt(after * correction));
    `,
  });
  type Arrays = Parameters<Kernels<WebGlHandles>['adamw']>[0];
  /** Brings the moments up to date. @returns what the last program takes */
  function updateMoments(
    { weights, gradients, firstMoment, secondMoment, squaredNorm }: Arrays,
    p: KernelParameters<'adamw'>,
  ) {
    const { size, clipNorm } = p;
    const { rate1, rate2, decayed, decay, stepSize, inverseCorrection: correction, epsilon } = adamwNumbers(p);
    const clipped = { gradients: shaped(gradients, size), squaredNorm: shaped(squaredNorm, 1), clipNorm };
    engine.replace(firstMoment, (fresh) =>
      first(fresh, [size], { moment: shaped(firstMoment, size), ...clipped, rate: rate1 }),
    );
    engine.replace(secondMoment, (fresh) =>
      second(fresh, [size], { moment: shaped(secondMoment, size), ...clipped, rate: rate2 }),
    );
    return {
      weights: shaped(weights, size),
      first: shaped(firstMoment, size),
      second: shaped(secondMoment, size),
      decayed,
      decay,
      stepSize,
      correction,
      epsilon,
    };
  }
  return {
    adamw(arrays, p) {
      const values = updateMoments(arrays, p);
      engine.replace(arrays.weights, (fresh) => step(fresh, [p.size], values));
    },
    adamwStable(arrays, p) {
      const values = { ...updateMoments(arrays, p), squaredRatio: shaped(arrays.squaredRatio, 1), count: p.count };
      engine.replace(arrays.weights, (fresh) => stableStep(fresh, [p.size], values));
    },
    adamwRatio({ gradients, secondMoment, squaredNorm }, p, { ratio }) {
      const { size } = p;
      const { rate2: rate, inverseCorrection: correction, epsilon, clipNorm } = adamwRatioNumbers(p);
      const arrays = { moment: shaped(secondMoment, size), gradients: shaped(gradients, size) };
      ratios(ratio, [size], { ...arrays, squaredNorm: shaped(squaredNorm, 1), clipNorm, rate, correction, epsilon });
    },
  };
}
