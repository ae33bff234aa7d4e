import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitWith } from './exit.ts';

/** A command: how it is written, its options and what it does. */
export interface Command<Arguments = unknown> {
  /** In yargs's notation: the name, then the positional arguments. */
  readonly usage: string;
  readonly addTo: (cli: Argv) => Argv;
  /** Does it. Resolves to the exit code. */
  readonly run: (given: Arguments) => Promise<number>;
}

/**
 * @param usage in yargs's notation, as in `evaluate <run>`
 * @param describe what it does, for the help
 * @param options adds them to the command's yargs
 * @param run does it, given the values of the options, and resolves to the exit code
 */
export function command<Options>(
  usage: string,
  describe: string,
  options: (cli: Argv) => Argv<Options>,
  run: (given: ArgumentsCamelCase<Options>) => Promise<number>,
): Command<Omit<ArgumentsCamelCase<Options>, '_' | '$0'>> {
  return {
    usage,
    addTo: (cli) => cli.command(usage, describe, options, (given) => exitWith(() => run(given))),
    run: (given) => run(given as ArgumentsCamelCase<Options>),
  };
}
