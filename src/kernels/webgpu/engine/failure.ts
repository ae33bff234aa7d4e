import { BertrandError } from '../../../error.ts';
import { DeviceLost } from '../../deviceLost.ts';

/** The GPU's first error. It becomes known asynchronously, and is thrown at the next call. */
export class Failure {
  #what: string | undefined;
  #lost = false;
  #closing = false;
  #submitted: (() => string) | undefined;
  readonly #pending = new Set<Promise<void>>();
  readonly #device: GPUDevice;

  constructor(device: GPUDevice) {
    this.#device = device;
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault(); // Dawn would print it
      const { error } = event;
      // It may be the consequence of a watched error that is reported only later, such as failed allocation; that one takes precedence.
      const earlier = [...this.#pending];
      this.#await(Promise.all(earlier).then(() => this.note('the GPU reported an error', error.message)));
    });
    void device.lost.then(({ reason, message }) => {
      this.#lost = true;
      this.note(`the GPU was lost${this.#submitted ? ` at or after ${this.#submitted()}` : ''}`, message || reason);
    });
  }

  note(what: string, message: string): void {
    if (!this.#closing)
      this.#what ??= `webgpu: ${what}${message && ': '}${message.trim().split('\n').slice(0, 3).join(' ')}`;
  }

  /** Sets the description of the last submission. */
  submitted(what: () => string): void {
    this.#submitted = what;
  }

  /** From now on losing the device is not a failure. */
  expectEnd(): void {
    this.#closing = true;
  }

  /** Runs `work`, and notes its errors, once they are known, as errors of `what`. */
  watch<T>(kind: GPUErrorFilter, what: () => string, work: () => T): T {
    this.#device.pushErrorScope(kind);
    const result = work();
    const check = this.#device.popErrorScope().then(
      (error) => void (error && this.note(what(), kind === 'out-of-memory' ? '' : error.message)), // Dawn's message adds nothing
      () => {}, // the device is lost, which is noted
    );
    this.#await(check);
    return result;
  }

  #await(check: Promise<void>): void {
    this.#pending.add(check);
    void check.then(() => this.#pending.delete(check));
  }

  /** Whether an error is known. */
  get known(): boolean {
    return this.#what !== undefined;
  }

  /** Throws a BertrandError if an error is known. A lost device throws `DeviceLost`. */
  check(): void {
    if (this.#what) throw this.#lost ? new DeviceLost(this.#what) : new BertrandError(this.#what);
  }

  /** The same, after waiting for everything watched so far. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending);
    this.check();
  }
}
