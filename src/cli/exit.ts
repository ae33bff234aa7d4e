import { BertrandError } from '../error.ts';
import { ConfigError } from '../train/config/problems.ts';

/** Ends with the command's exit code: 2 for a wrong config, 1 for what else went wrong, each with its message alone. */
export async function exitWith(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof BertrandError)) throw error;
    console.error(error.message);
    process.exitCode = error instanceof ConfigError ? 2 : 1;
  }
}
