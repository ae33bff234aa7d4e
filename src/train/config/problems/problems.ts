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

/** Beyond so many, problems are only counted. */
export const MOST_TOLD = 20;

/** The most characters of problems to print: the lines of twenty unknown keys, each with its suggestions, would hide the first. */
const LONGEST_TOLD = 3500;

/** What is wrong with a config, a line each. The command line ends with exit code 2. */
export class ConfigError extends BertrandError {
  readonly problems: readonly Problem[];

  /** @param untold how many more there are */
  constructor(problems: readonly Problem[], untold = 0) {
    const told = beginning(problems.toSorted((a, b) => a.place.order - b.place.order).slice(0, MOST_TOLD));
    const more = problems.length - told.length + untold;
    super([...told.map(line), ...(more > 0 ? [`... and ${more.toLocaleString('en')} more`] : [])].join('\n'));
    this.problems = told;
  }
}

/** The problems whose lines are not too long together, or the first. */
function beginning(problems: readonly Problem[]): Problem[] {
  let length = 0;
  return problems.filter(({ place, ...problem }, i) => {
    length += line({ place: { ...place, text: '' }, ...problem }).length; // the file's path is as long as it is
    return i === 0 || length <= LONGEST_TOLD;
  });
}

function line({ place, path, found, expected, advice }: Problem): string {
  return `${place.text}: ${path === '' ? '' : `${path}: `}found ${found}; expected ${expected}; ${advice}`;
}
