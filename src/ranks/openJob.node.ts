import { BertrandError } from '../error.ts';
import { Job } from './job.node.ts';
import { isSocket } from './isSocket.node.ts';
import { typedLibrary } from './launcher.node.ts';
import type { Launcher } from './launcher.node.ts';
import type { Family } from './mpi/handles.ts';
import { MpiCalls } from './mpi/calls.node.ts';
import { openLibrary } from './mpi/library.node.ts';
import { patienceOf } from './patience.node.ts';
import { findPlace } from './place.node.ts';

/**
 * Variables of the libraries, for which what the environment says already stays. The first three pin how numbers are added up, so that a run's
 * bits depend on the number of ranks and on nothing else, such as who shares a machine. The others keep UCX, by which both may
 * communicate, from patching the process's functions and from handling its signals while V8's threads run.
 */
const VARIABLES = {
  OMPI_MCA_coll_libnbc_iallreduce_algorithm: 'ring',
  MPIR_CVAR_ENABLE_SMP_COLLECTIVES: '0',
  MPIR_CVAR_IALLREDUCE_INTRA_ALGORITHM: 'sched_reduce_scatter_allgather',
  UCX_MEM_EVENTS: 'no',
  UCX_MEM_MMAP_HOOK_MODE: 'none',
  UCX_ERROR_SIGNALS: '',
};

/** Joins the ranks that `launcher` has started. Throws a BertrandError that says what is missing. */
export async function openJob(launcher: Launcher): Promise<Job> {
  const { name, ranks } = launcher;
  const what = `${name} has started ${ranks ?? 'several'} ranks`;
  for (const [variable, value] of Object.entries(VARIABLES)) process.env[variable] ??= value;
  const patience = patienceOf();
  const library = attempt(what, () => openLibrary(launcher.family, typedLibrary()));
  expectReachable(launcher, library.family);
  const mpi = new MpiCalls(library);
  mpi.initialise();
  const { size } = mpi;
  if (ranks !== undefined && size !== ranks)
    throw new BertrandError(`${what}, but ${library.version} sees ${size === 1 ? 'one alone' : size}`, {
      advice:
        name === 'srun'
          ? 'start them by srun --mpi=pmix (or pmi2), or give the path of the MPI that it belongs to in BERTRAND_MPI'
          : 'use the mpirun of that library, or give the path of the other one in BERTRAND_MPI',
    });
  const job = new Job(mpi, patience);
  job.settle(await findPlace(job, library.version));
  return job;
}

/** Throws where the library would end this process with a page of its own, since it cannot reach what has started it. */
function expectReachable({ name, ranks }: Launcher, family: Family, env = process.env): void {
  const what = `${name} has started ${ranks ?? 'several'} ranks`;
  const isTold = ['PMIX_RANK', 'PMI_FD'].some((variable) => env[variable] !== undefined);
  if (family === 'Open MPI' && name === 'srun' && !isTold && typedLibrary(env) === undefined)
    throw new BertrandError(`${what}, but does not let them know of each other`, {
      advice: 'start them by srun --mpi=pmix; srun --mpi=list says what there is',
    });
  const descriptor = env['PMI_FD'];
  if (family === 'MPICH' && descriptor && !isSocket(Number(descriptor)))
    throw new BertrandError(`${what}, but its connection (PMI_FD) was closed on the way to this one, as npx does`, {
      advice: 'write node_modules/.bin/bertrand instead of npx bertrand',
    });
}

function attempt<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof BertrandError)) throw error;
    throw new BertrandError(`${what}, but ${error.what}`, {
      cause: error,
      ...(error.advice === undefined ? {} : { advice: error.advice }),
    });
  }
}
