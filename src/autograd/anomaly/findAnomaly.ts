import type { Device, DeviceArray } from '../../kernels/device.ts';
import type { TapeObserver } from '../tapeOptions.ts';
import { momentsOf, sizeOfArray } from './moments.ts';
import type { Moment, NamedArray } from './moments.ts';
import { magnitude, numbersOf } from './numbers.ts';
import type { Numbers } from './numbers.ts';

/** Where the first number that is not finite came up. */
export interface Anomaly {
  /** Whether an op's outputs or its gradients have it. */
  readonly pass: 'forward' | 'backward';
  /** The op's name. */
  readonly op: string;
  /** The path of the innermost box of the diagram that the op is in; empty outside of boxes. */
  readonly box: string;
  /** What has it. */
  readonly tensor: Numbers;
  /** What the op made it from; in backward the gradients of its outputs come first. */
  readonly inputs: readonly Numbers[];
}

/** A pass: forward, and backward if wanted, on one tape or several that have the observer. */
export type Pass = (observer: TapeObserver) => unknown;

/** A sum may overflow where no number does: then the next op that is suspected is looked at, up to so many. */
const MOST_SUSPECTS = 8;

/**
 * The first op whose result is not finite; undefined if there is none. Every result is summed on the device, and the pass is made
 * once more to read those of the op that stands out: little memory is taken.
 * @param pass is called several times, and must do the same each time
 */
export async function findAnomaly(device: Device, pass: Pass): Promise<Anomaly | undefined> {
  const suspects = await suspectsOf(device, pass);
  for (const suspect of suspects.slice(0, MOST_SUSPECTS)) {
    const found = await inspect(device, pass, suspect);
    if (found && found.tensor.notFinite > 0) return found;
  }
  return undefined;
}

/** The op whose result has the largest root mean square, the first of equal ones; undefined where numbers are halves. */
export async function findLargest(device: Device, pass: Pass): Promise<Anomaly | undefined> {
  if (device.real !== 'f32') return undefined; // of which there is no sum of squares
  const all = await sumsOf(pass, (one) => {
    const size = sizeOfArray(one);
    return valueOf(device, device.launch('sumSquares', { x: one.array }, { size }).y, size);
  });
  const squares = all.map((sums) => Math.max(0, ...sums));
  const most = squares.reduce((largest, square) => Math.max(largest, square), 0);
  return most > 0 ? inspect(device, pass, squares.indexOf(most)) : undefined;
}

/** The numbers, in order, of the moments that made something whose sum is not finite. */
async function suspectsOf(device: Device, pass: Pass): Promise<number[]> {
  const all = await sumsOf(pass, (one) =>
    valueOf(device, device.launch('sum', { x: one.array }, { size: sizeOfArray(one), scale: 1 }).y),
  );
  return [...all.keys()].filter((i) => !all[i].every(Number.isFinite));
}

/** A number of each array that each moment made, in order. */
async function sumsOf(pass: Pass, sum: (one: NamedArray) => Promise<number>): Promise<number[][]> {
  const sums: Promise<number[]>[] = [];
  await pass(momentsOf(({ made }) => void sums.push(kept(Promise.all(made.map(sum))))));
  return Promise.all(sums);
}

/** The number of an array, which is freed, divided by `by`. */
function valueOf(device: Device, y: DeviceArray, by = 1): Promise<number> {
  const value = device.read(y);
  device.free(y);
  return value.then(([number]) => number / by);
}

/** What that moment made and what from: of what it made the first that is not finite, or else the largest. */
async function inspect(device: Device, pass: Pass, suspect: number): Promise<Anomaly | undefined> {
  let place = 0;
  let found:
    | { readonly moment: Moment; readonly made: Promise<Numbers[]>; readonly from: Promise<Numbers[]> }
    | undefined;
  const read = (arrays: readonly NamedArray[]): Promise<Numbers[]> =>
    kept(
      Promise.all(
        arrays.map(async (one) =>
          numbersOf(one.name, one.shape, (await device.read(one.array)).subarray(0, sizeOfArray(one))),
        ),
      ),
    );
  const observer = momentsOf((moment) => {
    if (place++ === suspect) found = { moment, made: read(moment.made), from: read(moment.from) };
  });
  await pass(observer);
  if (!found) return undefined;
  const { pass: which, op, box } = found.moment;
  const [tensor] = (await found.made).toSorted((a, b) => magnitude(b) - magnitude(a));
  return tensor && { pass: which, op, box, tensor, inputs: await found.from };
}

/** The same promise, whose failure is reported to who awaits it, if anyone does. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
