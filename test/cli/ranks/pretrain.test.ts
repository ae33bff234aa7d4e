import { constants } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, workFolder } from '../commandLine.ts';
import { checkpointOf, expectClose, firstCheckpoint, installed, pretrain, startRanks } from './launch.ts';

const folder = workFolder();
const run = (name: string): string => join(folder, name);

if (installed.length === 0) console.log('neither Open MPI nor MPICH is installed: nothing is tested here');
else
  test('a run of one process, to compare with', async () => {
    const { code, stderr } = await bertrand(folder, ...pretrain('one'));
    assert.is(code, 0, stderr);
  });

for (const mpi of installed)
  test(`${mpi}: ranks train as one process does, and rank 0 alone writes and shows`, async () => {
    const ranks = mpi === 'openmpi' ? 2 : 3;
    const shared = mpi === 'mpich' ? ['--set', 'train.shardOptimizer=true'] : [];
    const { code, stdout, stderr } = await startRanks(mpi, ranks, folder, ...pretrain(mpi, ...shared)).ended;
    assert.is(code, 0, stderr);
    expectClose(run(mpi), run('one'));
    const shown = stdout.match(/^device .*$/gm) ?? [];
    assert.is(shown.length, 1, stdout);
    assert.match(shown[0] ?? '', `${ranks} ranks on 1 machine (`);
    const lines = readFileSync(join(run(mpi), 'metrics.jsonl'), 'utf8').split('\n');
    const steps = lines.filter((line) => line.includes('"event":"train"')).map((line) => JSON.parse(line) as object);
    assert.is(steps.length, 40);
    for (const step of steps) assert.is((step as { ranks: number }).ranks, ranks);
    assert.ok(steps.every((step) => (step as { secondsWaited: number }).secondsWaited > 0));
  });

if (installed.includes('openmpi'))
  test('stopped by a signal to the launcher and resumed, ranks give the same bits', async () => {
    const started = startRanks('openmpi', 2, folder, ...pretrain('stopped'));
    await firstCheckpoint(run('stopped'), started);
    started.child.kill('SIGUSR1');
    const stopped = await started.ended;
    assert.is(stopped.code, 128 + constants.signals.SIGUSR1, stopped.stderr);
    assert.match(stopped.stdout, /all is saved; go on with\s+mpirun -n 2 \S.* pretrain .* --resume/);
    const { code, stdout, stderr } = await startRanks('openmpi', 2, folder, ...pretrain('stopped', '--resume')).ended;
    assert.is(code, 0, stderr);
    assert.not.match(stdout, 'last bits');
    assert.equal(checkpointOf(run('stopped'), 40), checkpointOf(run('openmpi'), 40));
  });

test.run();
