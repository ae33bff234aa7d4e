import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawNow, soon } from '../../../web/src/view/paced.ts';

test('whatever is asked for is drawn together, four times a second at most, and the last of it always', async () => {
  globalThis.requestAnimationFrame = (draw) => setTimeout(draw, 1, 0) as unknown as number;
  const drawn = [0, 0];
  let shown = 0;
  let asked = 0;
  const first = (): void => {
    drawn[0] += 1;
    shown = asked;
  };
  const second = (): void => void (drawn[1] += 1);
  const begin = performance.now();
  for (; asked < 40; asked++) {
    soon(first);
    soon(second);
    await pause(5);
  }
  const most = 1 + Math.ceil((performance.now() - begin) / 250);
  assert.ok(drawn[0] > 0 && drawn[0] <= most, `drawn ${drawn[0]} times where ${most} are the most`);
  assert.is(drawn[1], drawn[0]);
  soon(first);
  drawNow();
  assert.is(shown, 40);
  const before = drawn[0];
  await pause(300);
  assert.is(drawn[0], before);
});

test.run();
