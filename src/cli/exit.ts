import { BertrandError, systemReason } from '../error.ts';
import { ConfigError } from '../train/config/problems/problems.ts';
import { sayFirst } from './print/sayFirst.ts';

/** A mistake on the command line. */
export class UsageError extends BertrandError {}

const MOST = 1e9;

/** Throws unless an option's value is a whole number from 1 to a thousand million. */
export function expectCount(option: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > MOST)
    throw new UsageError(`--${option}: expected a whole number from 1 to ${MOST}`);
}

/** Ends with the command's exit code: 2 for wrong usage or a wrong config, 1 for what else went wrong, each with its message alone. */
export async function exitWith(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = sayError(error, true);
  }
}

/**
 * Says why this process ends, and throws what is nobody's fault but the program's.
 * @param alike as of `sayFirst`
 * @returns the exit code
 */
export function sayError(error: unknown, alike: boolean): number {
  const message = messageOf(error);
  if (message === undefined) throw error;
  const exitCode = exitCodeOf(error);
  sayFirst(message, exitCode, alike);
  return exitCode;
}

/** What to say of an error; undefined of one that is nobody's fault but the program's. */
export const messageOf = (error: unknown): string | undefined =>
  error instanceof BertrandError ? error.message : systemMessage(error);

export const exitCodeOf = (error: unknown): number =>
  error instanceof ConfigError || error instanceof UsageError ? 2 : 1;

/** One line on an error of the system that nobody explained. */
function systemMessage(error: unknown): string | undefined {
  const reason = systemReason(error);
  const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
  return reason === undefined ? undefined : `${path}${reason}`;
}
