import type { KernelTime } from '../../../profile.ts';

/** The part of the queue that the tuner uses. */
export interface Trials {
  /** Whether dispatches can be timed now. */
  readonly ready: boolean;
  /** Runs `work` and times its dispatches under `label`. */
  time(label: string, work: () => void): void;
  /** The times since the last call, once the GPU has them. */
  collect(): Promise<ReadonlyMap<string, KernelTime>>;
}

/** Where choices persist. */
export interface TuningStore {
  load(): Record<string, number>;
  save(choices: Record<string, number>): void;
}

const ROUNDS = 3; // trials of each way before its times are examined

/** Some browsers and drivers round timestamps to this many milliseconds, longer than a small product takes. */
const QUANTUM = 0.065536;
/** Rounded times are added up to this many milliseconds, so that an error of one quantum is 5 %. */
const ENOUGH = 20 * QUANTUM;
const MOST_ROUNDS = 20 * ROUNDS; // limit for a way whose times are nearly all 0

/** The measurements of one way. */
interface Tried {
  milliseconds: number;
  amount: number;
  /** Milliseconds per unit of work of the fastest trial; slower ones were disturbed. */
  least: number;
}

/** A kind of work whose ways are being measured. */
interface OpenKind {
  readonly ways: readonly number[];
  begun: number;
  measured: number;
  /** Trials to start before their times are examined. */
  wanted: number;
  /** Whether all times so far are multiples of the quantum. */
  rounded: boolean;
  /** By way. */
  readonly tried: Tried[];
}

/**
 * Chooses between ways to compute the same bits by timing each with the GPU's clock while training runs. Nothing waits: until all ways
 * of a kind of work are measured, the default is used.
 */
export class Tuner {
  readonly #trials: Trials;
  readonly #store: TuningStore | undefined;
  readonly #choices: Map<string, number>;
  readonly #open = new Map<string, OpenKind>();
  /** The trials whose times are not known yet. */
  readonly #begun = new Map<string, { kind: string; index: number; amount: number }>();

  constructor(trials: Trials, store?: TuningStore) {
    this.#trials = trials;
    this.#store = store;
    this.#choices = new Map(Object.entries(store?.load() ?? {}));
  }

  /**
   * Runs `work` in one of the ways.
   * @param kind of work; one way is chosen for all work of a kind
   * @param ways at least one; the first is the default
   * @param amount of work, by which times are divided
   * @param ready whether a way is compiled; asked of each before they are tried
   */
  run(
    kind: string,
    ways: readonly number[],
    amount: number,
    work: (way: number) => void,
    ready: (way: number) => boolean = () => true,
  ): void {
    const chosen = this.#choices.get(kind);
    if (chosen !== undefined && ways.includes(chosen)) return work(chosen);
    if (ways.length < 2 || !this.#trials.ready) return work(ways[0]);
    const open = this.#open.get(kind) ?? begin(ways);
    this.#open.set(kind, open);
    if (open.begun === open.wanted) return work(ways[0]); // waiting for the last times
    if (!ways.map(ready).every(Boolean)) return work(ways[0]); // map: all of them begin to compile
    const index = open.begun % open.ways.length;
    const label = `${kind} ${open.begun}`;
    this.#begun.set(label, { kind, index, amount });
    open.begun += 1;
    this.#trials.time(label, () => work(open.ways[index]));
    if (open.begun === open.wanted) void this.#collect();
  }

  async #collect(): Promise<void> {
    let times: ReadonlyMap<string, KernelTime>;
    try {
      times = await this.#trials.collect();
    } catch {
      return; // the device is lost, which is reported elsewhere
    }
    for (const [label, { milliseconds }] of times) {
      const trial = this.#begun.get(label);
      const open = trial && this.#open.get(trial.kind);
      this.#begun.delete(label);
      if (!open) continue;
      const tried = open.tried[trial.index];
      tried.milliseconds += milliseconds;
      tried.amount += trial.amount;
      tried.least = Math.min(tried.least, milliseconds / trial.amount);
      open.rounded &&= isWhole(milliseconds / QUANTUM);
      open.measured += 1;
      if (open.measured === open.wanted) this.#judge(trial.kind, open);
    }
  }

  /** Chooses a way, or schedules more trials. */
  #judge(kind: string, open: OpenKind): void {
    const { ways, tried, rounded } = open;
    const unclear = rounded && tried.some(({ milliseconds }) => milliseconds < ENOUGH);
    if (unclear && open.wanted < MOST_ROUNDS * ways.length) {
      open.wanted += ROUNDS * ways.length;
      return;
    }
    const costs = tried.map(({ milliseconds, amount, least }) => (rounded ? milliseconds / amount : least));
    this.#open.delete(kind);
    this.#choices.set(kind, ways[costs.indexOf(Math.min(...costs))]);
    this.#store?.save(Object.fromEntries(this.#choices));
  }
}

function begin(ways: readonly number[]): OpenKind {
  const tried = ways.map(() => ({ milliseconds: 0, amount: 0, least: Infinity }));
  return { ways, begun: 0, measured: 0, wanted: ROUNDS * ways.length, rounded: true, tried };
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6;
}
