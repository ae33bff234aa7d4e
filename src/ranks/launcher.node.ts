import type { Family } from './mpi/handles.ts';

/** What has started this process as one of several. */
export interface Launcher {
  /** As in "NAME has started 4 ranks". */
  readonly name: string;
  /** How many there are, where it says. */
  readonly ranks: number | undefined;
  /** This one's number, where it says. */
  readonly rank: number | undefined;
  /** This one's number among those of its machine, where it says. */
  readonly localRank: number | undefined;
  /** Whose processes it starts, where only one library can be meant. */
  readonly family: Family | undefined;
  /** What starts so many ranks again, as in "mpirun -n 4". */
  readonly again: (ranks: number) => string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that tell, those of the innermost launcher first: mpirun may run inside of a Slurm job. */
const LAUNCHERS = [
  {
    name: "Open MPI's mpirun",
    ranks: 'OMPI_COMM_WORLD_SIZE',
    rank: 'OMPI_COMM_WORLD_RANK',
    localRank: 'OMPI_COMM_WORLD_LOCAL_RANK',
    family: 'Open MPI',
  },
  { name: 'mpiexec', ranks: 'PMI_SIZE', rank: 'PMI_RANK', localRank: 'MPI_LOCALRANKID', family: 'MPICH' },
  { name: 'mpiexec', ranks: undefined, rank: 'PMI_ID', localRank: 'MPI_LOCALRANKID', family: 'MPICH' }, // with -pmi-port
  // SLURM_NTASKS is set where nothing was started yet, too
  { name: 'srun', ranks: 'SLURM_STEP_NUM_TASKS', rank: 'SLURM_PROCID', localRank: 'SLURM_LOCALID', family: undefined },
  { name: 'a launcher', ranks: undefined, rank: 'PMIX_RANK', localRank: undefined, family: undefined },
] as const;

/** The choice of the user who started this process: `none`, or the library to load. */
export const typedLibrary = (env: Environment = process.env): string | undefined => env['BERTRAND_MPI'] || undefined;

/** Who started this process, if it is one of several or may be. */
export function findLauncher(env: Environment = process.env): Launcher | undefined {
  if (typedLibrary(env) === 'none') return undefined;
  for (const { name, ranks: ofRanks, rank: ofRank, localRank: ofLocal, family } of LAUNCHERS) {
    const ranks = ofRanks && numberIn(env, ofRanks);
    const rank = numberIn(env, ofRank);
    if (rank === undefined || (ofRanks && ranks === undefined)) continue;
    if (ranks === 1) return undefined;
    const isSlurm = name === 'srun' || isSlurmsPmi2(env);
    const type = env['SLURM_MPI_TYPE'];
    return {
      name: isSlurm ? 'srun' : name,
      ranks,
      rank,
      localRank: numberIn(env, isSlurm ? 'SLURM_LOCALID' : (ofLocal ?? '')),
      family,
      again: (count) => (isSlurm ? `srun -n ${count}${type ? ` --mpi=${type}` : ''}` : `mpirun -n ${count}`),
    };
  }
  return undefined;
}

/** Whether srun itself has set mpiexec's variables, as --mpi=pmi2 does. */
const isSlurmsPmi2 = (env: Environment): boolean =>
  env['PMI_JOBID'] !== undefined && env['PMI_JOBID'] === `${env['SLURM_JOB_ID']}.${env['SLURM_STEP_ID']}`;

function numberIn(env: Environment, name: string): number | undefined {
  const value = env[name];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
