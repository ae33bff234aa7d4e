import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../src/error.ts';
import { DeviceLost } from '../src/kernels/deviceLost.ts';
import { withResumeAdvice } from '../src/train/run/resumeAdvice.ts';

test('the message says what happened and what to do, which are also apart', () => {
  const cause = new Error('cause');
  const error = new BertrandError('the text is too long', { advice: 'shorten it', cause });
  assert.is(error.message, 'the text is too long; shorten it');
  assert.is(error.what, 'the text is too long');
  assert.is(error.advice, 'shorten it');
  assert.is(error.cause, cause);
});

test('without advice the message is what happened', () => {
  const error = new BertrandError('the text is too long');
  assert.is(error.message, 'the text is too long');
  assert.is(error.advice, undefined);
  assert.not('cause' in error);
});

test('after several lines the advice has a line of its own', () => {
  assert.is(
    new BertrandError('none is intact:\n  a\n  b', { advice: 'begin again' }).message,
    'none is intact:\n  a\n  b\nbegin again',
  );
});

test('a run whose device was lost is to be resumed; other errors stay as they are', () => {
  const lost = new DeviceLost('the GPU was lost');
  assert.is(lost.message, 'the GPU was lost; open the device again');
  const error = withResumeAdvice(lost) as BertrandError;
  assert.is(error.message, 'the GPU was lost; the last checkpoint stands: start again with --resume');
  assert.is(error.cause, lost);
  const other = new BertrandError('the text is too long');
  assert.is(withResumeAdvice(other), other);
});

test.run();
