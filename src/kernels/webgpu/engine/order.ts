/** Reports that `done` of `total` pipelines of those begun together are compiled. */
export type OnCompile = (done: number, total: number) => void;

/**
 * Keeps commands in the order of their calls while pipelines compile: nothing blocks, and a command that needs one, with all
 * that come after it, waits until all pipelines begun so far are there. So a first step's pipelines all compile in parallel.
 */
export class Order {
  readonly #onCompile: OnCompile | undefined;
  /** Whether commands are now pointless, since something failed. */
  readonly #failed: () => boolean;
  #waiting: (() => void)[] = [];
  readonly #begun = new Set<Promise<void>>();
  #done = 0;
  #free: Promise<void> | undefined;
  #release = (): void => {};

  constructor(failed: () => boolean, onCompile?: OnCompile) {
    this.#failed = failed;
    this.#onCompile = onCompile;
  }

  /** Whether commands wait. */
  get waits(): boolean {
    return this.#free !== undefined;
  }

  /** All commands from now on wait for `compiled`, which must not reject. */
  hold(compiled: Promise<void>): void {
    if (this.#begun.has(compiled)) return;
    this.#free ??= new Promise((resolve) => (this.#release = resolve));
    this.#begun.add(compiled);
    this.#onCompile?.(this.#done, this.#begun.size);
    void compiled.then(() => {
      this.#done += 1;
      this.#onCompile?.(this.#done, this.#begun.size);
      if (this.#done === this.#begun.size) this.#go();
    });
  }

  /** Runs `command` now, or in its turn. */
  run(command: () => void): void {
    if (this.#free) this.#waiting.push(command);
    else command();
  }

  /** Resolves when no command waits. */
  settled(): Promise<void> {
    return this.#free ?? Promise.resolve();
  }

  /** Forgets the commands that wait. */
  drop(): void {
    this.#waiting = [];
  }

  #go(): void {
    const commands = this.#waiting;
    this.#waiting = [];
    this.#begun.clear();
    this.#done = 0;
    this.#free = undefined;
    for (const command of commands) if (!this.#failed()) command();
    this.#release();
  }
}
