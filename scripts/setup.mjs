// Sets a clone up: packages, kernels and dist. `--no-dist` is for commands that run src directly, `--package` for what is packed.
import { setUp } from './setup/setUp.mjs';

const asked = (option) => process.argv.includes(option);
// npm runs this after the installation that a set-up asked for, too; that set-up goes on by itself
if (process.env.BERTRAND_SETTING_UP === undefined) setUp({ dist: !asked('--no-dist'), package: asked('--package') });
