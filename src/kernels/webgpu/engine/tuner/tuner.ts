import type { KernelTime } from '../../../profile.ts';

/** What the tuner needs of the queue. */
export interface Trials {
  /** Whether dispatches can be timed now. */
  readonly ready: boolean;
  /** Does `work`, whose dispatches are timed under `label`. */
  time(label: string, work: () => void): void;
  /** The times since the last call, once the GPU has them. */
  collect(): Promise<ReadonlyMap<string, KernelTime>>;
}

/** Where choices outlast the process. */
export interface TuningStore {
  load(): Record<string, number>;
  save(choices: Record<string, number>): void;
}

const ROUNDS = 3; // trials of each way, of which the mean counts

/** A kind of work that is being tried out. */
interface OpenKind {
  readonly ways: readonly number[];
  begun: number;
  measured: number;
  /** By way: milliseconds per amount of work, added up. */
  readonly spent: number[];
}

/**
 * Chooses between ways to compute the same bits by trying each while training runs, on the GPU's own clock. Nothing waits: until all
 * ways of a kind of work are measured, the default is taken.
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
   * @param kind all work of a kind is best done one way
   * @param ways at least one; the first is the default
   * @param amount of work, by which times are compared
   */
  run(kind: string, ways: readonly number[], amount: number, work: (way: number) => void): void {
    const chosen = this.#choices.get(kind);
    if (chosen !== undefined && ways.includes(chosen)) return work(chosen);
    if (ways.length < 2 || !this.#trials.ready) return work(ways[0]);
    const open = this.#open.get(kind) ?? { ways, begun: 0, measured: 0, spent: ways.map(() => 0) };
    this.#open.set(kind, open);
    const all = ROUNDS * open.ways.length;
    if (open.begun === all) return work(ways[0]); // the last times are on their way
    const index = open.begun % open.ways.length;
    const label = `${kind} ${open.begun}`;
    this.#begun.set(label, { kind, index, amount });
    open.begun += 1;
    this.#trials.time(label, () => work(open.ways[index]));
    if (open.begun === all) void this.#collect();
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
      open.spent[trial.index] += milliseconds / trial.amount;
      open.measured += 1;
      if (open.measured === ROUNDS * open.ways.length) this.#choose(trial.kind, open);
    }
  }

  #choose(kind: string, { ways, spent }: OpenKind): void {
    this.#open.delete(kind);
    this.#choices.set(kind, ways[spent.indexOf(Math.min(...spent))]);
    this.#store?.save(Object.fromEntries(this.#choices));
  }
}
