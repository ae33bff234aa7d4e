import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A PyTorch of this machine. */
export interface Torch {
  /** What stands before a script of this folder and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
  /** For people: version, and what computes its products. */
  readonly description: string;
}

const here = fileURLToPath(new URL('.', import.meta.url));

/** Debian's other OpenBLAS has its own threads, which compete with PyTorch's. */
export const openMp = { LD_LIBRARY_PATH: '/usr/lib/x86_64-linux-gnu/openblas-openmp' };

/** The newest PyTorch: the system's, or one of a folder that set-up.sh made. */
export function newestTorch(folders: readonly string[]): Torch | string {
  const found = [
    ask('the system', ['/usr/bin/python3', here], openMp),
    ...folders.map((folder) => ask(folder, ['bash', `${here}run.sh`, folder], {})),
  ];
  const there = found.filter((one) => typeof one !== 'string');
  const missing = found.filter((one) => typeof one === 'string');
  const [newest] = there.toSorted((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }));
  return newest ?? missing.join('; ');
}

/** The command with which a script of this folder runs: `python3 FOLDER/` takes its name without a space, `run.sh FOLDER` with one. */
export const commandFor = ({ command }: Pick<Torch, 'command'>, script: string): [string, ...string[]] =>
  command[0] === 'bash' ? [...command, script] : [command[0], `${command[1]}${script}`];

function ask(where: string, command: Torch['command'], environment: Torch['environment']): Torch | string {
  const [program, ...args] = commandFor({ command }, 'about.py');
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...environment } });
  const line = stdout?.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) return `${where}: ${stderr?.trim().split('\n').at(-1) || 'it printed nothing'}`;
  const about = JSON.parse(line) as { version: string; blas: string; vectors: string; onednn: boolean };
  const { version, blas, vectors, onednn } = about;
  const description = `PyTorch ${version}, ${blas}, its own kernels for ${vectors}${onednn ? ', oneDNN' : ''}`;
  return { command, environment, version, description };
}
