import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnose.ts';
import { LINES } from './signs.ts';
import type { Signs, ValidationSigns } from './signs.ts';

/** Watches a run while it trains. */
export class RunWatch {
  #signs: Signs;
  readonly #told: Set<Diagnosis['name']>;

  /** @param told what a person knows already */
  constructor(signs: Omit<Signs, 'gradNorms' | 'validation'>, told: readonly Diagnosis['name'][] = []) {
    this.#signs = { ...signs, gradNorms: [], validation: undefined };
    this.#told = new Set(told);
  }

  /** A line of the log was written. */
  train(gradNorm: number): void {
    if (Number.isFinite(gradNorm))
      this.#signs = { ...this.#signs, gradNorms: [...this.#signs.gradNorms, gradNorm].slice(-LINES) };
  }

  /** A validation has ended. @returns what is wrong and was not told before */
  validate(validation: ValidationSigns): Diagnosis[] {
    this.#signs = { ...this.#signs, validation };
    const fresh = this.all.filter(({ name }) => !this.#told.has(name));
    for (const { name } of fresh) this.#told.add(name);
    return fresh;
  }

  /** All that is wrong now. */
  get all(): Diagnosis[] {
    return diagnose(this.#signs);
  }
}
