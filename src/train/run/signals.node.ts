/** A wish to stop that came as a signal. */
export interface StopSignal {
  readonly name: 'SIGINT' | 'SIGTERM';
  /** 130 or 143, as shells count. */
  readonly exitCode: number;
}

export interface SignalWatch {
  /** The first signal that came. */
  readonly stop: StopSignal | undefined;
  close(): void;
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** One press of Ctrl-C under `npm start` reaches this process twice: from the terminal, and from npm, which passes it on. */
const SAME_PRESS_MILLISECONDS = 1000;

/** From now on the first SIGINT or SIGTERM is only noted, for the loop to see; a second one ends the process at once. */
export function watchSignals(onFirst: (stop: StopSignal) => void): SignalWatch {
  let stop: StopSignal | undefined;
  let since = 0;
  const listen = (name: StopSignal['name']) => (): void => {
    if (stop && performance.now() - since > SAME_PRESS_MILLISECONDS) process.exit(EXIT_CODES[name]);
    if (stop) return;
    stop = { name, exitCode: EXIT_CODES[name] };
    since = performance.now();
    onFirst(stop);
  };
  const listeners = { SIGINT: listen('SIGINT'), SIGTERM: listen('SIGTERM') };
  process.on('SIGINT', listeners.SIGINT).on('SIGTERM', listeners.SIGTERM);
  return {
    get stop() {
      return stop;
    },
    close() {
      process.off('SIGINT', listeners.SIGINT).off('SIGTERM', listeners.SIGTERM);
    },
  };
}
