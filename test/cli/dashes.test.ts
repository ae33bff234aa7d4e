import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shieldTexts, unshielded } from '../../src/cli/arguments/dashes.ts';

const typed = (...args: string[]): string[] => shieldTexts(args).map((arg) => JSON.stringify(arg));

test('a lone dash, a dash and a space, and all behind -- are no options to yargs, and come out as they were typed', () => {
  assert.equal(typed('fill-mask', 'run', '- [MASK]', '-', '--top', '3'), [
    '"fill-mask"',
    '"run"',
    String.raw`"\u0000- [MASK]"`,
    String.raw`"\u0000-"`,
    '"--top"',
    '"3"',
  ]);
  assert.equal(typed('a', '--', '--top', '--'), ['"a"', String.raw`"\u0000--top"`, String.raw`"\u0000--"`]);
  assert.equal(typed('-ing [MASK]', '--the [MASK]', '--set', '--set=a=b c', '--top=3', '-h'), [
    String.raw`"\u0000-ing [MASK]"`,
    String.raw`"\u0000--the [MASK]"`,
    '"--set"',
    '"--set=a=b c"',
    '"--top=3"',
    '"-h"',
  ]);
  assert.is(unshielded(shieldTexts(['- x'])[0]), '- x');
});

test.run();
