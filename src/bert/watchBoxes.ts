import type { Tensor } from '../autograd/tensor.ts';
import type { Bert } from './Bert.ts';

/** One pass through a box. */
export interface BoxPass {
  /** By its fields, as parameters are named: `encoder.TF.0.Attention.LLQ`. */
  readonly path: string;
  readonly box: Box;
  readonly inputs: readonly unknown[];
  readonly output: Tensor;
}

export interface Box {
  forward(...inputs: never[]): Tensor;
}

/**
 * Runs `work` and tells `see` of every box's pass on the way. The boxes know nothing of it: while it runs, each has a
 * `forward` of its own before its class's, so watching costs nothing when nobody watches.
 */
export function watchBoxes<T>(model: Bert, see: (pass: BoxPass) => void, work: () => T): T {
  const boxes = [...boxesOf(model.encoder, 'encoder'), ...boxesOf(model.decoder, 'decoder')];
  for (const { path, box } of boxes) {
    const forward = box.forward.bind(box) as (...inputs: unknown[]) => Tensor;
    const watched = (...inputs: unknown[]): Tensor => {
      const output = forward(...inputs);
      see({ path, box, inputs, output });
      return output;
    };
    Object.assign(box, { forward: watched });
  }
  try {
    return work();
  } finally {
    for (const { box } of boxes) delete (box as Partial<Box>).forward;
  }
}

interface Place {
  readonly path: string;
  readonly box: Box;
}

/** The box and all boxes in it. Lists, and plain objects that only group boxes, are walked through. */
function* boxesOf(value: unknown, path: string): Generator<Place> {
  if (typeof value !== 'object' || value === null) return;
  const isBox = 'forward' in value;
  if (isBox) yield { path, box: value as Box };
  if (isBox || Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
    for (const [name, field] of Object.entries(value)) yield* boxesOf(field, `${path}.${name}`);
}
