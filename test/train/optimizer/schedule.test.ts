import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { scheduleOptions } from '../../../src/train/config/scheduleOptions.ts';
import { learningRateAt, warmupSteps } from '../../../src/train/optimizer/schedule.ts';

const PEAK = 0.004;
const rates = (steps: number, schedule: string): number[] => {
  const config = resolveConfig(
    `train: { steps: ${steps}, optimizer: { learningRate: ${PEAK} }, schedule: { ${schedule} } }`,
    'x.yaml',
  );
  return Array.from({ length: steps }, (_, i) => learningRateAt(scheduleOptions(config), i + 1));
};
const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-15, `found ${found}, expected ${expected}`);

for (const name of ['linear', 'cosine', 'constant', 'inverse-square-root'])
  test(`${name}: warm-up rises by equal parts and ends at the full rate`, () => {
    const found = rates(20, `name: ${name}, warmup: 4`);
    [1, 2, 3, 4].forEach((step) => near(found[step - 1], (PEAK * step) / 4));
    assert.ok(found.every((rate) => rate <= PEAK));
  });

test('linear falls by equal parts to its final share at the last step', () => {
  const found = rates(20, 'name: linear, warmup: 4, final: 0.2');
  for (let step = 4; step <= 20; step++) near(found[step - 1], PEAK * (1 - (0.8 * (step - 4)) / 16));
  near(found[19], 0.2 * PEAK);
  near(rates(20, 'name: linear, warmup: 4')[19], 0);
});

test('cosine is half-way down half-way through, and at its final share at the last step', () => {
  const found = rates(21, 'name: cosine, warmup: 1, final: 0.1');
  near(found[0], PEAK);
  near(found[10], PEAK * 0.55);
  near(found[5], PEAK * (0.1 + 0.45 * (1 + Math.SQRT1_2)));
  near(found[20], PEAK * 0.1);
});

test('constant stays at the full rate', () => {
  assert.equal(
    rates(9, 'name: constant, warmup: 3').slice(2),
    Array.from({ length: 7 }, () => PEAK),
  );
});

test('inverse square root is at half after four times the warm-up', () => {
  const found = rates(36, 'name: inverse-square-root, warmup: 4');
  near(found[3], PEAK);
  near(found[15], PEAK / 2);
  near(found[35], PEAK / 3);
});

test('without warm-up the first step has the full rate', () => {
  for (const name of ['linear', 'cosine', 'constant', 'inverse-square-root'])
    near(rates(10, `name: ${name}, warmup: 0`)[0], PEAK);
});

test('warm-up below 1 is a share of the steps, from 1 on a number of steps', () => {
  const warmup = (value: number): number =>
    warmupSteps(scheduleOptions(resolveConfig(`train: { steps: 400, schedule: { warmup: ${value} } }`, 'x.yaml')));
  assert.equal([0, 0.06, 0.001, 0.5, 1, 400].map(warmup), [0, 24, 0, 200, 1, 400]);
});

test('wsd stays at the full rate and falls at the end, in the shape that is named, to its final share', () => {
  const shapes = { linear: 0.5, cosine: 0.5, 'one-minus-sqrt': 1 - Math.SQRT1_2 };
  for (const [shape, half] of Object.entries(shapes)) {
    const found = rates(40, `name: wsd, warmup: 4, decay: 10, decayShape: ${shape}, final: 0.2`);
    near(found[1], PEAK / 2);
    for (let step = 4; step <= 30; step++) near(found[step - 1], PEAK);
    near(found[34], PEAK * (0.2 + 0.8 * half));
    near(found[39], PEAK * 0.2);
    assert.ok(found.slice(30).every((rate, i) => rate < found[29 + i]));
  }
  assert.equal(rates(40, 'name: wsd, decay: 0.25'), rates(40, 'name: wsd, decay: 10'));
});

test('a longer wsd is the same until the decay of the shorter begins, so that its rate makes no leap', () => {
  const [short, long] = [40, 100].map((steps) => rates(steps, 'name: wsd, warmup: 4, decay: 10'));
  assert.equal(long.slice(0, 30), short.slice(0, 30));
  assert.is(long[30], PEAK);
});

test('after a restart it goes as over a run of its own, and before it as it would have gone', () => {
  for (const more of [
    'name: linear, warmup: 0.2',
    'name: cosine, warmup: 3, final: 0.1',
    'name: constant, warmup: 2',
  ]) {
    const found = rates(50, `${more}, restarts: [20, 30]`);
    assert.equal(found, [...rates(20, more), ...rates(10, more), ...rates(20, more)]);
  }
});

test('a single step, and warm-up that lasts for all steps, are at the full rate at their end', () => {
  near(rates(1, 'name: linear, warmup: 0')[0], PEAK);
  near(rates(1, 'name: cosine, warmup: 1')[0], PEAK);
  near(rates(7, 'name: linear, warmup: 7')[6], PEAK);
});

test.run();
