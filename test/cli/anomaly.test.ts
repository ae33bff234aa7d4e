import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, clear, workFolder } from './commandLine.ts';

test('--anomaly names the op, the box and the tensor that began a divergence, and a run without it says so', async () => {
  const folder = workFolder();
  const path = join(folder, 'config.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('learningRate: 1e-2 }', 'learningRate: 1e18 }, clipNorm: 0'));
  const without = await bertrand(folder, 'pretrain', 'config.yaml', '--device', 'cpu');
  assert.is(without.code, 1);
  assert.match(without.stderr, /the loss of step 2 is NaN: training has diverged.*; .*bertrand pretrain config\.yaml .*--resume --anomaly names the op that began it\n$/); // prettier-ignore
  const { code, stdout, stderr } = await bertrand(folder, 'resume', 'run', '--device', 'cpu', '--anomaly');
  assert.is(code, 1);
  assert.match(stdout, /step 2, made once more with every result looked at:\n {2}box {5}encoder\.[\w.]+\n {2}op {6}\w+, forward\n {2}result {2}the output of .*\n {2}inputs /); // prettier-ignore
  assert.match(stderr, /the loss of step 2 is NaN.*\nthe first number that is not finite is \S+, in the forward of \w+ in encoder\.[\w.]+: the output of .*\n$/); // prettier-ignore
  assert.not.match(stderr, /names the op/);
  clear(stderr);
  const lines = readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8').trim().split('\n');
  const last = JSON.parse(lines.at(-1) ?? '') as { event: string; message: string };
  assert.is(last.event, 'error');
  assert.match(last.message, /\nthe first number that is not finite/);
});

test.run();
