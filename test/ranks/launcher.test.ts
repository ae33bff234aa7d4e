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
  assert.equal(found({ PMI_ID: '1', PMI_PORT: 'host:7' }), [undefined, 1, 'MPICH'], 'mpiexec -pmi-port');
  assert.equal(found({ PMIX_RANK: '1' }), [undefined, 1, undefined]);
});

test('srun is known where it speaks the language of mpiexec, and ranks are started again as they were', () => {
  const step = {
    SLURM_JOB_ID: '4',
    SLURM_STEP_ID: '0',
    SLURM_STEP_NUM_TASKS: '2',
    SLURM_PROCID: '1',
    SLURM_LOCALID: '0',
  };
  const pmi2 = { ...step, SLURM_MPI_TYPE: 'pmi2', PMI_JOBID: '4.0', PMI_SIZE: '2', PMI_RANK: '1' };
  const { name, family, localRank, again } = findLauncher(pmi2) ?? {};
  assert.equal([name, family, localRank, again?.(3)], ['srun', 'MPICH', 0, 'srun -n 3 --mpi=pmi2']);
  assert.is(findLauncher(step)?.again(3), 'srun -n 3');
  assert.is(findLauncher({ ...step, PMI_SIZE: '2', PMI_RANK: '1' })?.again(3), 'mpirun -n 3');
});

test('mpiexec inside of a Slurm job, whose own processes srun has started, counts', () => {
  const slurm = { SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '1' };
  assert.is(findLauncher({ ...slurm, PMI_SIZE: '8', PMI_RANK: '5' })?.ranks, 8);
});

test('BERTRAND_MPI=none makes every process one by itself', () => {
  assert.is(findLauncher({ BERTRAND_MPI: 'none', PMI_SIZE: '2', PMI_RANK: '0' }), undefined);
});

test.run();
