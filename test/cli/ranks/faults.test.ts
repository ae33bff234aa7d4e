import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, clear, startBy, workFolder } from '../commandLine.ts';
import { expectClose, firstCheckpoint, installed, processesWith, pretrain, startRanks } from './launch.ts';

const folder = workFolder();
const run = (name: string): string => join(folder, name);

/** Resolves when no process has this folder's run on its command line any more. */
async function gone(out: string): Promise<void> {
  const until = performance.now() + 5000;
  while (processesWith(['pretrain', out]).length > 0) {
    assert.ok(performance.now() < until, 'processes are left behind');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

for (const mpi of installed)
  test(`${mpi}: a rank that is killed ends the job; the checkpoint stays, and another number of ranks goes on from it`, async () => {
    const out = run(`killed-${mpi}`);
    const started = startRanks(mpi, 2, folder, ...pretrain(out));
    await firstCheckpoint(out, started);
    const [victim] = processesWith([out, 'node'], 1);
    process.kill(victim, 'SIGKILL');
    assert.is.not((await started.ended).code, 0);
    await gone(out);
    if (mpi === 'mpich') return;
    const { code, stdout, stderr } = await startRanks(
      mpi,
      4,
      folder,
      ...pretrain(out, '--resume', '--set', 'train.shardOptimizer=true'),
    ).ended;
    assert.is(code, 0, stderr);
    assert.match(stdout, 'until now 2 ranks, from now on 4 ranks');
    const one = await bertrand(folder, ...pretrain('one'));
    assert.is(one.code, 0, one.stderr);
    expectClose(out, run('one'));
  });

if (installed.includes('openmpi')) {
  test('ranks that cannot share a step equally are refused in one sentence', async () => {
    const { code, stdout, stderr } = await startRanks(
      'openmpi',
      2,
      folder,
      ...pretrain('unequal', '--set', 'train.accumulate=3'),
    ).ended;
    assert.is(code, 1);
    assert.is((stdout + stderr).split('train.accumulate is 3, which 2 ranks cannot share equally').length, 2, stderr);
    assert.not(existsSync(run('unequal')));
  });

  test('help and version are printed once', async () => {
    const rank = (number: number): Record<string, string> => ({
      OMPI_COMM_WORLD_SIZE: '2',
      OMPI_COMM_WORLD_RANK: String(number),
    });
    const ended = ['--version', 'pretrain --help'].flatMap((typed) =>
      [0, 1].map((number) => startBy([], rank(number), folder, ...typed.split(' ')).ended),
    );
    const found = await Promise.all(ended);
    assert.equal(
      found.map(({ code, stdout }) => [code, stdout === '']),
      [
        [0, false],
        [0, true],
        [0, false],
        [0, true],
      ],
    );
  });

  test('srun without MPI is refused, by the first rank alone', async () => {
    const step = (rank: number): Record<string, string> => ({
      SLURM_STEP_NUM_TASKS: '2',
      SLURM_PROCID: String(rank),
      SLURM_LOCALID: String(rank),
    });
    const all = [0, 1].map((rank) => startBy([], step(rank), folder, ...pretrain('apart')).ended);
    const [first, second] = await Promise.all(all);
    assert.equal([first.code, second.code, second.stderr], [1, 1, '']);
    assert.match(first.stderr, 'srun has started 2 ranks, but does not let them know of each other');
  });
}

if (installed.includes('mpich')) {
  test('a connection to mpiexec that npx has closed is named', async () => {
    const closed = { PMI_SIZE: '2', PMI_RANK: '0', PMI_FD: '97' };
    const { code, stderr } = await startBy([], closed, folder, ...pretrain('closed')).ended;
    assert.is(code, 1);
    assert.match(stderr, /was closed on the way to this one, as npx does; write node_modules\/\.bin\/bertrand/);
  });

  test('a rank that fails before it has joined the others does not leave them waiting', async () => {
    const others = ['mpirun.mpich', '-n', '1', 'sleep', '60', ':', '-n', '1'];
    const begin = performance.now();
    const { code, stderr } = await startBy(others, {}, folder, 'evaluate', 'run').ended;
    assert.ok(performance.now() - begin < 50_000);
    assert.is(code, 1);
    assert.match(stderr, /^rank 1 on .*: mpiexec has started 2 ranks, but evaluate works in one process/);
  });
}

for (const [name, variables] of [
  ['Open MPI', { OMPI_COMM_WORLD_SIZE: '2', OMPI_COMM_WORLD_RANK: '0' }],
  ['MPICH', { PMI_SIZE: '2', PMI_RANK: '0' }],
  ['Slurm', { SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '0' }],
] as const)
  test(`started by ${name} where its library is missing, a run is refused`, async () => {
    const missing = { ...variables, BERTRAND_MPI: 'libmissing.so' };
    const { code, stderr } = await startBy([], missing, folder, ...pretrain('missing')).ended;
    assert.is(code, 1);
    clear(stderr);
    assert.match(stderr, /has started 2 ranks, but MPI's library cannot be loaded: libmissing\.so: /);
    assert.not(existsSync(run('missing')));
  });

test('a command that works in one process says so under a launcher', async () => {
  const variables = { PMI_SIZE: '3', PMI_RANK: '0' };
  const { code, stderr } = await startBy([], variables, folder, 'summary', 'config.yaml').ended;
  assert.is(code, 1);
  assert.match(stderr, 'mpiexec has started 3 ranks, but summary works in one process');
});

test.run();
