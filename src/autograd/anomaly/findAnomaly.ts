import type { Device, HostArray } from '../../kernels/device.ts';
import type { TapeObserver } from '../tapeOptions.ts';
import { momentsOf, sizeOfArray } from './moments.ts';
import type { Moment, NamedArray } from './moments.ts';
import { numbersOf } from './numbers.ts';
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
    if (found) return found;
  }
  return undefined;
}

/** The numbers, in order, of the moments that made something whose sum is not finite. */
async function suspectsOf(device: Device, pass: Pass): Promise<number[]> {
  const sums: Promise<HostArray[]>[] = [];
  await pass(momentsOf(({ made }) => void sums.push(kept(Promise.all(made.map((one) => sumOf(device, one)))))));
  const all = await Promise.all(sums);
  return [...all.keys()].filter((i) => !all[i].every(([sum]) => Number.isFinite(sum)));
}

function sumOf(device: Device, one: NamedArray): Promise<HostArray> {
  const { y } = device.launch('sum', { x: one.array }, { size: sizeOfArray(one), scale: 1 });
  const value = device.read(y);
  device.free(y);
  return value;
}

/** What that moment made and what from, if something that it made is not finite. */
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
  const tensor = (await found.made).find(({ notFinite }) => notFinite > 0);
  return tensor && { pass: which, op, box, tensor, inputs: await found.from };
}

/** The same promise, whose failure is reported to who awaits it, if anyone does. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
