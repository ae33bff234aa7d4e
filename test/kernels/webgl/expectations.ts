import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { opChecks } from '../../../src/autograd/check/opChecks.ts';
import { boxChecks } from '../../../src/bert/boxChecks.ts';
import { kernelNames } from './checks.ts';
import type * as checks from './checks.ts';

/** Calls one of the checks, in Node or in a page. */
export type Call = <N extends Exclude<keyof typeof checks, 'kernelNames'>>(name: N) => ReturnType<(typeof checks)[N]>;

/** The tests that every mode must pass. */
export function expectAll(mode: string, call: Call): void {
  test(`${mode}: every kernel agrees with reference`, async () => {
    const found = await call('conformance');
    assert.equal(Object.keys(found), kernelNames);
    assert.equal(Object.values(found).flat(), []);
  });

  test(`${mode}: every op and box, and their gradients, agree with reference`, async () => {
    const found = await call('gradients');
    assert.is(Object.keys(found).length, opChecks.length + boxChecks.length);
    assert.equal(Object.values(found).filter(Boolean), []);
  });

  for (const name of ['losses', 'modernLosses'] as const)
    test(`${mode}: the ${name} of 20 steps with dropout match reference`, async () => {
      const { found, expected } = await call(name);
      assert.is(found.length, 20);
      for (const [i, loss] of expected.entries())
        assert.ok(Math.abs(found[i] - loss) < 1e-5 * loss, `step ${i + 1}: ${found[i]}, reference ${loss}`);
    });

  test(`${mode}: dropout draws the same mask as every device, even beyond index 2^24`, async () => {
    const { wrong, looked, kept } = await call('wrongInMask');
    assert.is(wrong, 0, `of ${looked}`);
    assert.ok(Math.abs(kept - 0.9) < 5e-4, `${kept} kept`);
  });
}
