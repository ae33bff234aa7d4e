/** How far apart two values are that should be equal. */
export interface Difference {
  /** As a fraction of the tolerance: a check passes at 1 or less. */
  readonly error: number;
  /** Names the check, the input, the entry and both values. */
  readonly message: string;
}

interface Entry {
  readonly check: string;
  readonly input: string;
  readonly entry: number;
  /** The two values, each with its label: `analytic`, `numeric` or a device's name. */
  readonly found: readonly [string, number];
  readonly expected: readonly [string, number];
  readonly allowed: number;
}

/** Finds the entry of a check with the largest error; NaN counts as infinite. */
export class WorstDifference {
  error = 0;
  message: string;

  constructor(check: string) {
    this.message = `${check}: no difference`;
  }

  add({ check, input, entry, found, expected, allowed }: Entry): void {
    const ratio = Math.abs(found[1] - expected[1]) / allowed;
    const error = Number.isNaN(ratio) ? Infinity : ratio;
    if (error <= this.error) return;
    this.error = error;
    const [a, b] = [found, expected].map(([name, value]) => `${name} ${value.toPrecision(8)}`);
    this.message = `${check}: ${input}[${entry}]: ${a}, ${b}`;
  }
}
