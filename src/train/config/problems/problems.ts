import { BertrandError } from '../../../error.ts';

/** Where something was written: `file:line:column` or `--set path=value`. */
export interface Place {
  readonly text: string;
  /** Problems are reported in this order. */
  readonly order: number;
}

export interface Problem {
  readonly place: Place;
  /** The key, as in `train.optimizer.betas`; empty for the config as a whole. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
  /** What to do. */
  readonly advice: string;
}

/** All that is wrong with a config, a line each. The command line ends with exit code 2. */
export class ConfigError extends BertrandError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const ordered = problems.toSorted((a, b) => a.place.order - b.place.order);
    super(ordered.map(line).join('\n'));
    this.problems = ordered;
  }
}

function line({ place, path, found, expected, advice }: Problem): string {
  return `${place.text}: ${path === '' ? '' : `${path}: `}found ${found}; expected ${expected}; ${advice}`;
}
