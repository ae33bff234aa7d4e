import { constants } from 'node:os';
import { sayFirst } from './print/sayFirst.ts';

// Node's own answer to SIGUSR1 is to open a debugger. Schedulers send it to runs, at times before these have begun.
if ('SIGUSR1' in constants.signals)
  process.on('SIGUSR1', () => {
    if (process.listenerCount('SIGUSR1') > 1) return; // a run, which saves and stops
    const exitCode = 128 + constants.signals.SIGUSR1;
    sayFirst('SIGUSR1: ending, with nothing to save', exitCode, true);
    process.exit(exitCode);
  });
