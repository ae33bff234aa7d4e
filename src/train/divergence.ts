import { BertrandError } from '../error.ts';
import type { HostTensors } from './modelState.ts';

/** Throws unless the value is a finite number. */
export function expectFinite(what: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new BertrandError(`${what} is ${value}: training has diverged`, {
    advice: 'begin a new run with a lower train.optimizer.learningRate or a longer train.schedule.warmup',
  });
}

/** Throws unless all numbers of all tensors are finite: what cannot be used must not become a checkpoint. */
export function expectFiniteTensors(tensors: HostTensors): void {
  for (const [name, { data }] of tensors) {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) expectFinite(`${name}[${wrong}]`, data[wrong]);
  }
}
