import { BertrandError } from '../../error.ts';
import { parseShallowJson } from '../shallowJson.ts';

/**
 * The object that a line of JSON Lines holds.
 * @param where `file:line`, as messages begin
 * @throws BertrandError if it holds none
 */
export function jsonObject(line: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseShallowJson(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BertrandError(`${where}: not JSON (${reason}); expected one object a line`, { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BertrandError(
      `${where}: found ${line.trim().slice(0, 40)}; expected an object like {"text": "..."} on each line`,
    );
  return value as Record<string, unknown>;
}
