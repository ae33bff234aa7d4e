// Sets a clone up: packages, kernels and dist. `--no-dist` is for commands that run src directly.
import { setUp } from './setup/setUp.mjs';

setUp({ dist: !process.argv.includes('--no-dist') });
