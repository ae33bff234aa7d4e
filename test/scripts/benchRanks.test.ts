import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { efficiency, ringSeconds } from '../../scripts/ranks/predict.ts';
import { COUNTS, scenarioChart, scenarios, scenarioTable } from '../../scripts/ranks/scenarios.ts';

const network = { name: 'even', bandwidth: 1e9, latency: 1e-3 };

test('a ring of two exchanges halves of each piece twice', () => {
  assert.is(ringSeconds(2 ** 22, 2, network), 2 * (1e-3 + 2 ** 22 / 2 / 1e9));
  assert.is(ringSeconds(2 ** 23, 2, network), 2 * (2e-3 + 2 ** 23 / 2 / 1e9));
});

test('sums hide behind backward but for the last ones', () => {
  const load = { name: 'x', bytes: 2 ** 23, compute: 1, hideable: 1, last: 2 ** 22 };
  assert.is(efficiency(load, 1, network), 1);
  assert.is(efficiency(load, 2, network), 1 / (1 + ringSeconds(2 ** 22, 2, network)));
  const bare = efficiency({ ...load, hideable: 0 }, 2, network);
  assert.is(bare, 1 / (1 + 2 * ringSeconds(2 ** 22, 2, network)));
});

test('more machines, slower networks and faster machines each wait more', () => {
  const [slow, fast] = [scenarios(8000), scenarios(800_000)];
  for (const [i, { shares }] of slow.entries()) {
    assert.equal(
      shares,
      shares.toSorted((a, b) => b - a),
    );
    for (const [j, share] of shares.entries()) assert.ok(fast[i].shares[j] < share);
  }
  assert.ok(slow[0].shares[0] < slow[1].shares[0], 'mini on 1 and on 10 Gbit/s');
});

test('the chart and the table show every count', () => {
  const svg = scenarioChart(8000);
  for (const count of COUNTS) assert.match(svg, `>${count}</text>`);
  assert.is(svg.match(/<path d="M[\d.]+ [\d.]+L/g)?.length, 6);
  assert.not.match(svg, 'NaN');
  assert.is(scenarioTable(scenarios(8000)).split('\n').length, 2 + 9);
});

test('the chart in the documents is the one that is drawn today', () => {
  const file = new URL('../../docs/scaling.svg', import.meta.url);
  assert.is(readFileSync(file, 'utf8'), scenarioChart(8092));
});

test.run();
