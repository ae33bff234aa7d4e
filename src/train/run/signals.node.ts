import { constants } from 'node:os';

/**
 * What asks a run to save and stop: Ctrl-C, a polite end, a terminal that closes (on Windows its window, some ten seconds
 * before the process ends), and what SLURM sends before the time is up (`--signal=USR1@120`).
 */
const NAMES = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const;

/** A request to stop, received as a signal. */
export interface StopSignal {
  readonly name: (typeof NAMES)[number];
  /** 128 and the signal's number, as shells count: 130, 143, 129, and 138 on Linux. */
  readonly exitCode: number;
}

export interface SignalWatch {
  /** The first signal that came. */
  readonly stop: StopSignal | undefined;
  close(): void;
}

/** One press of Ctrl-C under `npm start` reaches this process twice: from the terminal, and from npm, which passes it on. */
const SAME_PRESS_MILLISECONDS = 1000;

/**
 * From now on the first signal is only recorded, for the loop to see. A second SIGINT ends the process at once, and so does a
 * second SIGTERM where a person began; machines send SIGTERM behind SIGHUP and SIGUSR1 while the run still saves.
 */
export function watchSignals(onFirst: (stop: StopSignal) => void): SignalWatch {
  let stop: StopSignal | undefined;
  let since = 0;
  const listen = (name: StopSignal['name']) => (): void => {
    const exitCode = 128 + constants.signals[name];
    if (stop && performance.now() - since > SAME_PRESS_MILLISECONDS && hurries(name, stop)) process.exit(exitCode);
    if (stop) return;
    stop = { name, exitCode };
    since = performance.now();
    onFirst(stop);
  };
  const listeners = NAMES.filter((name) => name in constants.signals).map((name) => [name, listen(name)] as const);
  for (const [name, listener] of listeners) process.on(name, listener);
  return {
    get stop() {
      return stop;
    },
    close() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}

function hurries(name: StopSignal['name'], first: StopSignal): boolean {
  const byPerson = first.name === 'SIGINT' || first.name === 'SIGTERM';
  return name === 'SIGINT' || (name === 'SIGTERM' && byPerson);
}
