import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import { clip } from './clip.ts';

/** Lion in two programs, since each can write only one array. */
export function lionKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'lion'> {
  const step = engine.program({
    name: 'lionWeights',
    parameters: {
      weights: 'array',
      momentum: 'array',
      gradients: 'array',
      squaredNorm: 'array',
      clipNorm: 'real',
      decayed: 'integer',
      decay: 'real',
      beta: 'real',
      stepSize: 'real',
    },
    functions: [clip],
    body: `
      let weight = weights[this.thread.x];
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      let mixed = gradient + beta * (momentum[this.thread.x] - gradient);
      let change = 0;
      if (mixed > 0) {
        change = stepSize;
      }
      if (mixed < 0) {
        change = -stepSize;
      }
      if (this.thread.x < decayed) {
        change += decay * weight;
      }
      return weight - change;
    `,
  });
  const moment = engine.program({
    name: 'lionMomentum',
    parameters: { momentum: 'array', gradients: 'array', squaredNorm: 'array', clipNorm: 'real', beta: 'real' },
    functions: [clip],
    body: `
      let gradient = gradients[this.thread.x] * clip(squaredNorm[0], clipNorm);
      return gradient + beta * (momentum[this.thread.x] - gradient);
    `,
  });
  return {
    lion({ weights, gradients, momentum, squaredNorm }, p) {
      const { size, clipNorm, decayed } = p;
      const common = { gradients: shaped(gradients, size), squaredNorm: shaped(squaredNorm, 1), clipNorm };
      engine.replace(weights, (fresh) =>
        step(fresh, [size], {
          weights: shaped(weights, size),
          momentum: shaped(momentum, size),
          ...common,
          decayed,
          decay: p.learningRate * p.weightDecay,
          beta: p.beta1,
          stepSize: p.learningRate,
        }),
      );
      engine.replace(momentum, (fresh) =>
        moment(fresh, [size], { momentum: shaped(momentum, size), ...common, beta: p.beta2 }),
      );
    },
  };
}
