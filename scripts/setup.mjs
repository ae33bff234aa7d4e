// Makes a clone ready: packages, kernels and dist. `--no-dist` is for what runs src itself.
import { setUp } from './setup/setUp.mjs';

setUp({ dist: !process.argv.includes('--no-dist') });
