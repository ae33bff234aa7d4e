import * as assert from 'uvu/assert';
import { messageOf } from '../messageOf.ts';

/** Asserts that the action fails with a BertrandError whose message matches. */
export async function rejects(action: () => unknown, message: RegExp): Promise<void> {
  assert.match(await messageOf(action), message);
}
