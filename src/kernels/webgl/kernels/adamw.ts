import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import { clip } from './clip.ts';

/** AdamW in three programs, since each can write only one array. Values that depend only on the step are computed on the host in float64. */
export function adamwKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'adamw'> {
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
  const step = engine.program({
    name: 'adamwWeights',
    parameters: {
      weights: 'array',
      first: 'array',
      second: 'array',
      decayed: 'integer',
      decay: 'real',
      stepSize: 'real',
      correction: 'real',
      epsilon: 'real',
    },
    body: `
      let weight = weights[this.thread.x];
      let direction = first[this.thread.x] / (Math.sqrt(second[this.thread.x] * correction) + epsilon);
      let change = stepSize * direction;
      if (this.thread.x < decayed) {
        change += decay * weight;
      }
      return weight - change;
    `,
  });
  return {
    adamw(arrays, p) {
      const { weights, firstMoment, secondMoment } = arrays;
      const { size, clipNorm } = p;
      const common = {
        gradients: shaped(arrays.gradients, size),
        squaredNorm: shaped(arrays.squaredNorm, 1),
        clipNorm,
      };
      engine.replace(firstMoment, (fresh) =>
        first(fresh, [size], { moment: shaped(firstMoment, size), ...common, rate: 1 - p.beta1 }),
      );
      engine.replace(secondMoment, (fresh) =>
        second(fresh, [size], { moment: shaped(secondMoment, size), ...common, rate: 1 - p.beta2 }),
      );
      engine.replace(weights, (fresh) =>
        step(fresh, [size], {
          weights: shaped(weights, size),
          first: shaped(firstMoment, size),
          second: shaped(secondMoment, size),
          decayed: p.decayed,
          decay: p.learningRate * p.weightDecay,
          stepSize: p.learningRate / p.correction1,
          correction: 1 / p.correction2,
          epsilon: p.epsilon,
        }),
      );
    },
  };
}
