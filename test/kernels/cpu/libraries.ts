import { blasFinder } from '../../../src/kernels/cpu/blas/blas.node.ts';
import { faultOf } from '../../../src/kernels/cpu/blas/blasCheck.ts';
import { Arena } from '../../../src/kernels/cpu/engine/arena.ts';

/** Libraries that must be installed, from the environment variable TEST_BLAS (comma-separated), so that CI cannot silently skip one. */
export const demanded = process.env['TEST_BLAS']?.split(',');

/** The names of the BLAS libraries that tests use: those of TEST_BLAS, or else all usable ones of this machine. */
export const libraries = demanded ?? usable();

function usable(): string[] {
  const found = blasFinder();
  const finder = typeof found === 'string' ? undefined : found;
  const arena = new Arena(false);
  return (finder?.libraries ?? []).filter((name) => {
    const blas = finder?.open(name, arena.memory);
    return blas && faultOf(blas.sgemm, arena) === undefined;
  });
}
