import type { ReferenceKernel } from './types.ts';

/** c[o,i] = scale * op(a[o,i]) @ op(b[o,i]), where op(a) is (m, k) and op(b) is (k, n). */
export const matmul: ReferenceKernel<'matmul'> = ({ a, b }, p, { c }) => {
  const [aStep, aInnerStep] = p.transposeA ? [1, p.aRow] : [p.aRow, 1];
  const [bStep, bInnerStep] = p.transposeB ? [1, p.bRow] : [p.bRow, 1];
  for (let outer = 0; outer < p.outer; outer++)
    for (let inner = 0; inner < p.inner; inner++)
      for (let row = 0; row < p.m; row++)
        for (let column = 0; column < p.n; column++) {
          const aStart = outer * p.aOuter + inner * p.aInner + row * aStep;
          const bStart = outer * p.bOuter + inner * p.bInner + column * bInnerStep;
          let total = 0;
          for (let k = 0; k < p.k; k++) total += a[aStart + k * aInnerStep] * b[bStart + k * bStep];
          c[outer * p.cOuter + inner * p.cInner + row * p.cRow + column] = p.scale * total;
        }
};
