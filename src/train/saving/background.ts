/** Work that goes on while training does, one piece at a time. What it fails of is thrown to whoever asks next, once. */
export class Background {
  #work: Promise<void> = Promise.resolve();
  #busy = false;
  #failure: { readonly error: unknown } | undefined;

  /** Whether there is work that has not ended. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Begins a piece of work, when there is no other. */
  start(work: () => Promise<void>): void {
    this.#busy = true;
    this.#work = work()
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#busy = false;
      });
  }

  /** Throws what the work has failed of, if it has. */
  check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
  }

  /** Waits for the work. Throws what it has failed of. */
  async end(): Promise<void> {
    await this.#work;
    this.check();
  }
}
