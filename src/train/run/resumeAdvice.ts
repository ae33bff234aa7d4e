import { BertrandError } from '../../error.ts';
import { DeviceLost } from '../../kernels/deviceLost.ts';

/** A run whose device was lost goes on from its last checkpoint; any other error stays as it is. */
export function withResumeAdvice(error: unknown): unknown {
  if (!(error instanceof DeviceLost)) return error;
  const advice = 'the last checkpoint stands: start again with --resume';
  return new BertrandError(error.what, { advice, cause: error });
}
