import type { Kernels } from '../../contract.ts';
import { dropThreshold } from '../../random.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';

/** Elements in a row: 12 bits, half of the hash's counter. */
const HALF = 4096;

/** The remainder modulo 4096. Multiplication by a power of two is exact; division on a GPU may not be. */
const remainder = `function remainder(x) {
  return x - 4096 * Math.floor(x * 0.000244140625);
}`;

/** The number that one round of the hash adds to the other half. */
const mixed = `function mixed(half, key) {
  let q = half + key - 4096 * Math.floor((half + key) * 0.000244140625);
  return Math.floor(q * q * 0.015625);
}`;

/**
 * The hash of random.ts: six Feistel rounds over the counter's two halves. GL has only floats, but no number here reaches
 * 2^24, so the bits are the same as on every device. Element (row, x) has the counter row * 4096 + x; bits above the
 * counter's 24 go into the keys.
 */
export function dropoutKernels(engine: Engine): Pick<Kernels<WebGlHandles>, 'dropout'> {
  const dropout = engine.program({
    name: 'dropout',
    parameters: { x: 'array', k0: 'real', k1: 'real', k2: 'real', k3: 'real', threshold: 'real', scale: 'real' },
    functions: [remainder, mixed],
    body: `
      let above = Math.floor(this.thread.y * 0.000244140625);
      let high = this.thread.y - 4096 * above;
      let low = Math.floor(this.thread.x);
      high = remainder(high + mixed(low, remainder(k0 + above)));
      low = remainder(low + mixed(high, remainder(k1 + 5 * above)));
      high = remainder(high + mixed(low, k2));
      low = remainder(low + mixed(high, remainder(k3 + 3 * above)));
      high = remainder(high + mixed(low, remainder(k0 + k2 + 1013)));
      low = remainder(low + mixed(high, remainder(k1 + k3 + 2531)));
      let kept = 0;
      if (high * 4096 + low >= threshold) {
        kept = scale;
      }
      return kept * x[this.thread.y][this.thread.x];
    `,
  });
  return {
    dropout({ x }, { size, rate, keyHigh, keyLow }, { y }) {
      const columns = Math.min(size, HALF);
      const rows = Math.ceil(size / HALF);
      dropout(y, [columns, rows], {
        x: shaped(x, columns, rows),
        k0: keyLow % HALF,
        k1: Math.floor(keyLow / HALF),
        k2: keyHigh % HALF,
        k3: Math.floor(keyHigh / HALF),
        threshold: dropThreshold(rate),
        scale: 1 / (1 - rate),
      });
    },
  };
}
