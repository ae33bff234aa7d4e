import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from '../temporaryFolder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shell = process.platform === 'win32'; // npm is a script there

/** Runs a program in `folder`. Rejects with its output where it fails. */
export async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', npm_config_audit: 'false', npm_config_fund: 'false' };
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder, shell, env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout?: string; stderr?: string; code?: unknown };
    throw new Error(`${program} ${args.join(' ')}: ${String(code)}\n${stdout}${stderr}`, { cause: error });
  }
}

let packing: Promise<string> | undefined;

/** The package as npm would publish it. @returns its .tgz */
export function packed(): Promise<string> {
  packing ??= (async () => {
    const folder = temporaryFolder();
    await run(root, 'npm', 'pack', '--silent', '--pack-destination', folder);
    return join(folder, readdirSync(folder)[0]);
  })();
  return packing;
}

/** Packages in a folder of their own. @returns the folder */
export async function tools(...packages: string[]): Promise<string> {
  const folder = temporaryFolder({ 'package.json': '{}' });
  await run(folder, 'npm', 'install', '--silent', ...packages);
  return folder;
}

/** A new project elsewhere, with these files, that has installed the package and others with npm. @returns its folder */
export async function project(files: Record<string, string>, ...others: string[]): Promise<string> {
  const folder = temporaryFolder({ 'package.json': '{ "type": "module" }', ...files });
  await run(folder, 'npm', 'install', '--silent', await packed(), ...others);
  return folder;
}

/** A corpus and a config that trains on it in a second or two. */
export const training = {
  'corpus.txt': Array.from({ length: 60 }, (_, i) => `the king of land ${i % 7} and the queen of sea ${i % 5}`)
    .join('\n\n')
    .repeat(8),
  'my.yaml': `out: run
data: { corpus: [corpus.txt], documents: blank-line, validation: 0.1, sequenceLength: 16, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: 20, batchSize: 8 }
validate: { every: 20, batches: 2 }
`,
};
