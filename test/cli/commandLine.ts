import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporaryFolder.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** In CI the built command line, which starts in half of the time; elsewhere src, which need not be built first. */
const program = process.env['CI']
  ? [pathOf('bin/bertrand.mjs')]
  : ['--import', import.meta.resolve('tsx'), pathOf('src/cli.ts')];

/** The user's own cache: for these tests, not the person's who runs them. */
export const cacheHome = temporaryFolder();

export interface Ended {
  /** The exit code, or the signal's name. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `bertrand ...args` in `folder`. */
export const start = (folder: string, ...args: string[]): Started => startWith('', folder, ...args);

/** The same with a standard input. */
export const startWith = (input: string, folder: string, ...args: string[]): Started =>
  spawned(input, folder, [process.execPath, ...program, ...args], {});

/** The same by another program: `launcher node bertrand ...args`, with more variables in its environment. */
export const startBy = (
  launcher: readonly string[],
  variables: Record<string, string>,
  folder: string,
  ...args: string[]
): Started => spawned('', folder, [...launcher, process.execPath, ...program, ...args], variables);

function spawned(
  input: string,
  folder: string,
  [command, ...args]: string[],
  variables: Record<string, string>,
): Started {
  const child = spawn(command, args, {
    cwd: folder,
    stdio: 'pipe',
    env: {
      ...process.env,
      NO_COLOR: '1',
      XDG_CACHE_HOME: cacheHome,
      npm_config_user_agent: 'npm/11.0.0',
      ...variables,
    },
  });
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', ...output }));
  });
  return { child, ended };
}

export const bertrand = (folder: string, ...args: string[]): Promise<Ended> => start(folder, ...args).ended;

/** One clear error: the message, no stack trace. */
export function clear(text: string): void {
  assert.not.match(text, /\n\s+at |node:internal/);
  assert.ok(text.trim().length > 0, 'nothing was said');
}

const words =
  'the a king queen rules over land sea and people with grace every day while birds sing loudly in old trees'.split(
    ' ',
  );

/** A folder with a corpus and config.yaml that trains on it in a second or two. */
export function workFolder(): string {
  const documents = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: 40 }, (_, j) => words[(i + j) % words.length]).join(' '),
  );
  return temporaryFolder({ 'corpus.txt': documents.join('\n\n'), 'config.yaml': config });
}

const config = `out: run
data: { corpus: [corpus.txt], documents: blank-line, validation: 0.1, sequenceLength: 16, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: 60, batchSize: 8, optimizer: { learningRate: 1e-2 } }
validate: { every: 20, batches: 2 }
checkpoint: { every: 10, keep: 100 }
log: { every: 7 }
`;
