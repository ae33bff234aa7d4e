import type { ArgumentsCamelCase, Argv } from 'yargs';
import { examples } from './arguments/examples.ts';
import { exitWith } from './exit.ts';
import { expectOneProcess } from './ranks/withRanks.ts';

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
 * @param ranks whether several processes may do it together
 */
export function command<Options>(
  usage: string,
  describe: string,
  options: (cli: Argv) => Argv<Options>,
  run: (given: ArgumentsCamelCase<Options>) => Promise<number>,
  { ranks }: { readonly ranks: boolean } = { ranks: false },
): Command<Omit<ArgumentsCamelCase<Options>, '_' | '$0'>> {
  const [name] = usage.split(' ');
  const withExamples = (cli: Argv): Argv<Options> =>
    (examples[name] ?? []).reduce((shown, [typed, does]) => shown.example(`$0 ${typed}`, does), options(cli));
  return {
    usage,
    addTo: (cli) =>
      cli.command(usage, describe, withExamples, (given) =>
        exitWith(async () => {
          if (!ranks) expectOneProcess(name);
          return run(given);
        }),
      ),
    run: (given) => run(given as ArgumentsCamelCase<Options>),
  };
}
