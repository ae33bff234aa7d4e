import type { Kernels } from '../../contract.ts';
import type { Engine, WebGlHandles } from '../engine/engine.ts';
import { shaped } from '../engine/engine.ts';
import type { RowKernels } from './rows.ts';

/** loss = log(sum of exp(logits)) - logits[label], row by row; its gradient is softmax(logits) minus one at the label. */
export function crossEntropyKernels(
  engine: Engine,
  { largest, totalOfExp }: RowKernels,
): Pick<Kernels<WebGlHandles>, 'crossEntropy' | 'crossEntropyBackward'> {
  const logSumExp = engine.program({
    name: 'logSumExp',
    parameters: { largest: 'array', total: 'array' },
    body: `
      return largest[this.thread.x] + Math.log(total[this.thread.x]);
    `,
  });
  const losses = engine.program({
    name: 'crossEntropy',
    parameters: { logits: 'array', labels: 'array', largest: 'array', total: 'array' },
    body: `
      let row = this.thread.x;
      return largest[row] - logits[row][labels[row]] + Math.log(total[row]);
    `,
  });
  const backward = engine.program({
    name: 'crossEntropyBackward',
    parameters: { logits: 'array', labels: 'array', logSumExp: 'array', dlosses: 'array' },
    body: `
      let row = this.thread.y;
      let gradient = Math.exp(logits[row][this.thread.x] - logSumExp[row]);
      if (this.thread.x == labels[row]) {
        gradient -= 1;
      }
      return dlosses[row] * gradient;
    `,
  });
  return {
    crossEntropy({ logits: given, labels }, { rows, columns }, outputs) {
      const logits = shaped(given, columns, rows);
      const [most, sums] = [engine.workspace(rows), engine.workspace(rows)];
      const row = { largest: shaped(most, rows), total: shaped(sums, rows) };
      largest(logits, most);
      totalOfExp(logits, most, sums);
      logSumExp(outputs.logSumExp, [rows], row);
      losses(outputs.losses, [rows], { logits, labels: shaped(labels, rows), ...row });
    },
    crossEntropyBackward: ({ logits, labels, logSumExp, dlosses }, { rows, columns }, { dlogits }) =>
      backward(dlogits, [columns, rows], {
        logits: shaped(logits, columns, rows),
        labels: shaped(labels, rows),
        logSumExp: shaped(logSumExp, rows),
        dlosses: shaped(dlosses, rows),
      }),
  };
}
