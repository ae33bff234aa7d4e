import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseShallowJson } from '../../src/data/shallowJson.ts';

test('JSON is parsed, whatever its strings hold', () => {
  const value = { a: ['[[[[{{{{'.repeat(100), '\\', '"[', { b: null }], c: [[1]], d: [] };
  assert.equal(parseShallowJson(JSON.stringify(value)), value);
  const wide = Array.from({ length: 1000 }, () => [{}]);
  assert.equal(parseShallowJson(JSON.stringify(wide)), wide);
  assert.throws(() => parseShallowJson('{"a": "'), SyntaxError);
});

test('what nests so deeply that walking it exhausts the stack is refused', () => {
  for (const depth of [65, 100_000])
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const)
      assert.throws(
        () => parseShallowJson(`${open.repeat(depth)}1${close.repeat(depth)}`),
        /^it nests deeper than 64$/,
      );
  assert.ok(parseShallowJson('['.repeat(64) + ']'.repeat(64)));
});

test.run();
