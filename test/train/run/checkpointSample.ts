import type { Checkpoint } from '../../../src/train/run/checkpoint/checkpoint.ts';

/** A small checkpoint whose tensors depend on its step. */
export const checkpointOf = (step: number): Checkpoint => ({
  model: new Map([
    ['a', { shape: [2, 3], data: Float32Array.of(step, 1, 2, 3, -0, 1e-40) }],
    ['b', { shape: [1], data: Float32Array.of(step / 3) }],
  ]),
  optimizer: new Map([['firstMoment.a', { shape: [2, 3], data: new Float32Array(6).fill(step) }]]),
  state: { step, seed: 42, optimizerSteps: step, window: { steps: 3, loss: 0.1 + 0.2 } },
});
