import type { Kernels } from '../../contract.ts';
import type { GpuHandles } from '../engine/buffers.ts';
import type { Queue } from '../engine/queue.ts';

export function lossScaleKernels(queue: Queue): Pick<Kernels<GpuHandles>, 'lossScale'> {
  const judge = queue.shader({
    label: 'lossScale',
    inputs: {},
    outputs: { scaling: 'f32', squaredNorm: 'f32', inverseScale: 'f32' },
    parameters: { growth: 'f32', backoff: 'f32', interval: 'f32' },
    workgroup: 1,
    // Compares bits, since compilers may assume that no number is infinite.
    main: `
  let inverse = 1.0 / scaling[0];
  if ((bitcast<u32>(squaredNorm[0]) & 0x7f800000u) == 0x7f800000u) {
    inverseScale[0] = 0.0;
    scaling[0] *= p.backoff;
    scaling[1] = 0.0;
    scaling[2] += 1.0;
  } else {
    inverseScale[0] = inverse;
    squaredNorm[0] *= inverse * inverse;
    scaling[1] += 1.0;
    if (scaling[1] >= p.interval) {
      scaling[0] *= p.growth;
      scaling[1] = 0.0;
    }
  }`,
  });
  return {
    lossScale: ({ scaling, squaredNorm }, { growth, backoff, interval }, { inverseScale }) =>
      judge({ scaling, squaredNorm, inverseScale }, { growth, backoff, interval }, 1),
  };
}
