import { drawsOf } from './random.ts';
import { readers } from './readers.ts';

/** What a worker is to do: the inputs from `from` to before `to`. */
export interface Orders {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  /** The reader that gets them all. */
  readonly only?: string | undefined;
  /** The file in which it writes what it is reading. */
  readonly status: string;
}

/** What became of an input. */
export interface Outcome {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  readonly accepted: boolean;
  /** Of processor time. */
  readonly seconds: number;
  /** The most memory that the worker has used so far. */
  readonly megabytes: number;
  readonly fault?: string;
}

/** Which reader gets an input, by the shares. */
export function readerOf(seed: string, number: number): string {
  let at = drawsOf(`${seed}/${number}`).below(Object.values(readers).reduce((sum, { share }) => sum + share, 0));
  for (const [name, { share }] of Object.entries(readers)) if ((at -= share) < 0) return name;
  throw new Error('unreachable');
}
