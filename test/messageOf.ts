import * as assert from 'uvu/assert';
import { BertrandError } from '../src/error.ts';

/** The message of the BertrandError with which the work fails, or `no error`. */
export async function messageOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.instance(error, BertrandError);
    return (error as BertrandError).message;
  }
  return 'no error';
}
