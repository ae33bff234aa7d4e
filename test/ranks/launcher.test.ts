import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findLauncher } from '../../src/ranks/launcher.node.ts';

test('a process by itself has no launcher', () => {
  assert.is(findLauncher({}), undefined);
  assert.is(findLauncher({ SLURM_JOB_ID: '7', SLURM_NTASKS: '4', SLURM_PROCID: '0' }), undefined, 'a batch script');
});

test('one rank is a process by itself', () => {
  assert.is(findLauncher({ OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0' }), undefined);
  assert.is(findLauncher({ PMI_SIZE: '1', PMI_RANK: '0' }), undefined);
});

test('each launcher is known by its variables', () => {
  const found = (env: Record<string, string>): unknown => {
    const { ranks, rank, family } = findLauncher(env) ?? {};
    return [ranks, rank, family];
  };
  assert.equal(found({ OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '3', PMIX_RANK: '3' }), [4, 3, 'Open MPI']);
  assert.equal(found({ PMI_SIZE: '2', PMI_RANK: '0' }), [2, 0, 'MPICH']);
  assert.equal(found({ SLURM_STEP_NUM_TASKS: '64', SLURM_PROCID: '63', PMIX_RANK: '63' }), [64, 63, undefined]);
  assert.equal(found({ PMIX_RANK: '1' }), [undefined, 1, undefined]);
});

test('mpiexec inside of a Slurm job, whose own processes srun has started, counts', () => {
  const slurm = { SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '1' };
  assert.is(findLauncher({ ...slurm, PMI_SIZE: '8', PMI_RANK: '5' })?.ranks, 8);
});

test('BERTRAND_MPI=none makes every process one by itself', () => {
  assert.is(findLauncher({ BERTRAND_MPI: 'none', PMI_SIZE: '2', PMI_RANK: '0' }), undefined);
});

test.run();
