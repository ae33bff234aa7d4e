import { BertrandError } from '../../error.ts';
import { loadKoffi } from '../../kernels/cpu/koffi.node.ts';
import type { Koffi, Library } from '../../kernels/cpu/koffi.node.ts';
import type { Family } from './handles.ts';

/** An MPI that can be called. */
export interface MpiLibrary {
  readonly koffi: Koffi;
  readonly library: Library;
  readonly family: Family;
  /** For people: its name and version. */
  readonly version: string;
}

const DEBIAN: Record<Family, string> = { 'Open MPI': 'libopenmpi3', MPICH: 'libmpich12' };

/** By the names that their binary interfaces have kept: Open MPI 1.10 to 5, MPICH 3.1 to 4. */
const FILES: Record<Family, readonly string[]> =
  process.platform === 'darwin'
    ? {
        'Open MPI': ['libmpi.40.dylib', '/opt/homebrew/lib/libmpi.40.dylib'],
        MPICH: ['libmpi.12.dylib', '/opt/homebrew/lib/libmpi.12.dylib'],
      }
    : { 'Open MPI': ['libmpi.so.40'], MPICH: ['libmpich.so.12', 'libmpi.so.12'] };

/**
 * Loads a library of MPI. Throws a BertrandError that says what is missing.
 * @param family the only one that can be meant, if there is one
 * @param typed the file, if the user named one
 */
export function openLibrary(family: Family | undefined, typed: string | undefined): MpiLibrary {
  const koffi = loadKoffi();
  if (typeof koffi === 'string')
    throw new BertrandError(`MPI cannot be called: ${koffi}`, { advice: 'install it, or start a single process' });
  const families: readonly Family[] = family ? [family] : ['Open MPI', 'MPICH'];
  const files = typed === undefined ? families.flatMap((each) => FILES[each]) : [typed];
  const reasons: string[] = [];
  for (const file of files) {
    const library = load(koffi.module, file);
    if (typeof library !== 'string') return identify(koffi.module, library, file);
    reasons.push(`${file}: ${library}`);
  }
  throw new BertrandError(`MPI's library cannot be loaded: ${reasons.join('; ')}`, {
    advice: `install it (Debian: ${families.map((each) => DEBIAN[each]).join(' or ')}), or give its path in the environment variable BERTRAND_MPI`,
  });
}

/** Its symbols are global: Open MPI's plugins look for them. */
function load(koffi: Koffi, file: string): Library | string {
  try {
    return koffi.load(file, { global: true });
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^Failed to load shared library: /, '') : String(error);
  }
}

const LONGEST_VERSION = 8192; // of MPICH, the longer one

function identify(koffi: Koffi, library: Library, file: string): MpiLibrary {
  const text = new Uint8Array(LONGEST_VERSION);
  const length = new Int32Array(1);
  try {
    library.func('int MPI_Get_library_version(uintptr_t text, uintptr_t length)')(
      koffi.address(text),
      koffi.address(length),
    );
  } catch {
    throw new BertrandError(`${file} is no MPI library`, { advice: 'give the path of one in BERTRAND_MPI' });
  }
  const said = new TextDecoder().decode(text.subarray(0, text.indexOf(0)));
  const openMpi = /^Open MPI v?([\w.]+)/.exec(said)?.[1];
  if (openMpi !== undefined) return { koffi, library, family: 'Open MPI', version: `Open MPI ${openMpi}` };
  const mpich = /^MPICH Version:\s*([\w.]+)/.exec(said)?.[1];
  if (mpich !== undefined) return { koffi, library, family: 'MPICH', version: `MPICH ${mpich}` };
  throw new BertrandError(`${file} is ${said.split('\n')[0].slice(0, 100)}; Bertrand can call Open MPI and MPICH`, {
    advice: 'start it by the launcher of one of these, or give the path of its library in BERTRAND_MPI',
  });
}
