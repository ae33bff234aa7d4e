import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

/** Thread (element of a head, head, row) computes one coordinate of a point: x * cosine - other * sine, or + for the second half. */
export function rotateKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'rotate'> {
  const rotate = engine.program({
    name: 'rotate',
    parameters: { x: 'array', table: 'array', positions: 'array', half: 'integer', sign: 'real' },
    body: `
      let place = this.thread.x;
      let other = this.thread.x + half;
      let turn = -sign;
      if (this.thread.x >= half) {
        place = this.thread.x - half;
        other = this.thread.x - half;
        turn = sign;
      }
      let position = positions[this.thread.z];
      return x[this.thread.z][this.thread.y][this.thread.x] * table[position][place]
        + turn * x[this.thread.z][this.thread.y][other] * table[position][place + half];
    `,
  });
  return {
    rotate: ({ x, table, positions }, { rows, heads, headSize, tableRows, inverse }, { y }) =>
      rotate(y, [headSize, heads, rows], {
        x: shaped(x, headSize, heads, rows),
        table: shaped(table, headSize, tableRows),
        positions: shaped(positions, rows),
        half: headSize / 2,
        sign: inverse ? -1 : 1,
      }),
  };
}
