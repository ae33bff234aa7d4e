/** The libraries that are called. Their handles differ: pointers in one, integers in the other. */
export type Family = 'Open MPI' | 'MPICH';

/** The values of mpi.h that are used: addresses of a library's variables, or numbers. */
export interface Handles {
  readonly world: bigint;
  readonly float: bigint;
  readonly double: bigint;
  readonly byte: bigint;
  readonly sum: bigint;
  readonly errorsReturn: bigint;
  /** Instead of a send buffer. */
  readonly inPlace: bigint;
  /** Instead of a status. */
  readonly noStatus: bigint;
}

/** @param addressOf of a variable of the library */
export function handlesOf(family: Family, addressOf: (symbol: string) => bigint): Handles {
  if (family === 'MPICH')
    return {
      world: 0x44000000n,
      float: 0x4c00040an,
      double: 0x4c00080bn,
      byte: 0x4c00010dn,
      sum: 0x58000003n,
      errorsReturn: 0x54000001n,
      inPlace: 2n ** 64n - 1n,
      noStatus: 1n,
    };
  return {
    world: addressOf('ompi_mpi_comm_world'),
    float: addressOf('ompi_mpi_float'),
    double: addressOf('ompi_mpi_double'),
    byte: addressOf('ompi_mpi_byte'),
    sum: addressOf('ompi_mpi_op_sum'),
    errorsReturn: addressOf('ompi_mpi_errors_return'),
    inPlace: 1n,
    noStatus: 0n,
  };
}
