import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toMarkdown } from '../../scripts/gpu/report.ts';
import type { GpuReport } from '../../scripts/gpu/report.ts';
import { openForTests } from '../kernels/webgpu/openForTests.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'scripts/bench-gpu.ts', ...args], { encoding: 'utf8' });

const webgpu = await openForTests();
if (webgpu) {
  const software = webgpu.description.includes('(on the processor)');
  await webgpu.close();

  test('bench-gpu in its tiny form runs through and writes what it found', () => {
    const out = temporaryFolder({});
    const { status, stdout, stderr } = run('--tiny', '--software', '--out', out);
    assert.is(status, 0, stdout + stderr);
    const files = readdirSync(out).toSorted();
    assert.equal(
      files.map((file) => file.split('.').at(-1)),
      ['json', 'md'],
    );
    const report = JSON.parse(readFileSync(join(out, files[0]), 'utf8')) as GpuReport;
    assert.is(report.gpu, webgpu.description);
    assert.equal(
      report.checks.map(({ passed }) => passed),
      [true, true],
    );
    assert.match(report.checks[0].found, /1 checked .*all pass/);
    assert.match(report.checks[1].found, /1 passed, 0 failed/);
    assert.is(report.timings.length, 1);
    assert.ok((report.timings[0].tokensPerSecond ?? 0) > 0 && report.timings[0].missing === undefined);
    assert.is(readFileSync(join(out, files[1]), 'utf8'), toMarkdown(report));
  });

  if (software)
    test('a software adapter is no GPU', () => {
      const { status, stderr } = run('--tiny', '--out', temporaryFolder({}));
      assert.is(status, 1);
      assert.match(stderr, /bench-gpu: no GPU was found: .*on the processor/);
    });
}

test('a failed check and a model that does not fit are in the table', () => {
  const text = toMarkdown({
    date: '2026-01-02T03:04:05Z',
    gpu: 'Some GPU, driver 1',
    commit: 'abc',
    system: 'linux',
    checks: [{ name: 'gradcheck', passed: false, found: '1 of 2 fail' }],
    timings: [
      {
        model: 'tiny',
        precision: 'f32',
        millisecondsPerStep: 1.25,
        tokensPerSecond: 1000,
        gflopsPerSecond: 5,
        peakMemory: 2 ** 21,
      },
      { model: 'base', precision: 'f16', missing: 'failed with code 1' },
    ],
    peers: undefined,
  });
  assert.match(text, /^### Some GPU, 2026-01-02\n/);
  assert.match(text, /- gradcheck: FAILED \(1 of 2 fail\)/);
  assert.match(text, /\| tiny \| f32 \| 1\.3 \| 1000 \| 5\.0 \| 2\.0 \|/);
  assert.match(text, /\| base \| f16 \| failed with code 1 \|/);
});

test.run();
