// Sets a clone up: packages, kernels and dist. `--no-dist` is for commands that run src directly.
import { setUp } from './setup/setUp.mjs';

// npm runs this after the installation that a set-up asked for, too; that set-up goes on by itself
if (process.env.BERTRAND_SETTING_UP === undefined) setUp({ dist: !process.argv.includes('--no-dist') });
