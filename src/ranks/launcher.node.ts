import type { Family } from './mpi/handles.ts';

/** What has started this process as one of several. */
export interface Launcher {
  /** As in "NAME has started 4 ranks". */
  readonly name: string;
  /** How many there are, where it says. */
  readonly ranks: number | undefined;
  /** This one's number, where it says. */
  readonly rank: number | undefined;
  /** Whose processes it starts, where only one library can be meant. */
  readonly family: Family | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that tell, those of the innermost launcher first: mpirun may run inside of a Slurm job. */
const LAUNCHERS = [
  { name: "Open MPI's mpirun", ranks: 'OMPI_COMM_WORLD_SIZE', rank: 'OMPI_COMM_WORLD_RANK', family: 'Open MPI' },
  { name: 'mpiexec', ranks: 'PMI_SIZE', rank: 'PMI_RANK', family: 'MPICH' },
  { name: 'srun', ranks: 'SLURM_STEP_NUM_TASKS', rank: 'SLURM_PROCID', family: undefined }, // SLURM_NTASKS is set where nothing was started yet, too
  { name: 'a launcher', ranks: undefined, rank: 'PMIX_RANK', family: undefined },
] as const;

/** The choice of the user who started this process: `none`, or the library to load. */
export const typedLibrary = (env: Environment = process.env): string | undefined => env['BERTRAND_MPI'] || undefined;

/** Who started this process, if it is one of several or may be. */
export function findLauncher(env: Environment = process.env): Launcher | undefined {
  if (typedLibrary(env) === 'none') return undefined;
  for (const { name, ranks: ofRanks, rank: ofRank, family } of LAUNCHERS) {
    const ranks = ofRanks && numberIn(env, ofRanks);
    const rank = numberIn(env, ofRank);
    if (rank === undefined || (ofRanks && ranks === undefined)) continue;
    return ranks === 1 ? undefined : { name, ranks, rank, family };
  }
  return undefined;
}

function numberIn(env: Environment, name: string): number | undefined {
  const value = env[name];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
