import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runsTable } from '../../src/cli/print/runsTable.ts';
import type { ListedRun } from '../../src/cli/print/runsTable.ts';
import { metricsText } from '../train/report/recordSample.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { bertrand, clear } from './commandLine.ts';

test('runs lists how far runs are and how good, as a table and as JSON', async () => {
  const folder = temporaryFolder({
    'runs/one/metrics.jsonl': metricsText(20),
    'runs/one/config.yaml': 'train: { steps: 20 }\n',
    'runs/sweep/two/metrics.jsonl': '{"event":"error","step":3,"message":"bad\\u001b[2J\\nworse"}\n',
  });
  const table = await bertrand(folder, 'runs');
  assert.is(table.code, 0, table.stderr);
  assert.match(table.stdout, /^one +done +20\/20 +7\.97\d\d +7\.97\d\d +0\.0 /m);
  assert.match(table.stdout, /^sweep\/two: failed at step 3: bad\\u001b\[2J\\u000aworse$/m);
  const { stdout } = await bertrand(folder, 'runs', 'runs', '--json');
  const [one, two] = JSON.parse(stdout) as ListedRun[];
  assert.equal([one.name, one.state, one.step, one.steps, one.bestStep], ['one', 'done', 20, 20, 20]);
  assert.equal([two.name, two.state, two.reason], ['sweep/two', 'failed', 'bad\u001b[2J\nworse']);
  const missing = await bertrand(folder, 'runs', 'nowhere');
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /^nowhere: found nothing; expected a folder with runs/);
  clear(missing.stderr);
});

test('the table of runs with short names takes 80 columns', () => {
  const run = { name: 'sotu-evening', path: '', state: 'running', step: 18_000, steps: 18_000, bestLoss: 3.9, bestStep: 1, lastLoss: 3.9, minutes: 190.3, bytes: 4e7, changed: new Date().toISOString(), troubles: [] }; // prettier-ignore
  for (const line of runsTable([run]).split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
});

test.run();
