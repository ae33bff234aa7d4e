import * as assert from 'uvu/assert';
import { BertrandError } from '../../src/error.ts';

/** Asserts that the action fails with a BertrandError whose message matches. */
export async function rejects(action: () => unknown, message: RegExp): Promise<void> {
  let caught: unknown;
  try {
    await action();
  } catch (error) {
    caught = error;
  }
  assert.instance(caught, BertrandError, `expected a BertrandError, found ${String(caught)}`);
  assert.match((caught as BertrandError).message, message);
}
