import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../temporaryFolder.ts';
import { codeBlocks, documents, root } from './markdown.ts';

const examples = codeBlocks(documents().get('README.md') ?? '', 'ts');
const tsconfig = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    paths: { 'bertrand-ml': [join(root, 'src/index.node.ts')] },
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['*.mts'],
};
const folder = temporaryFolder({
  'tsconfig.json': JSON.stringify(tsconfig),
  ...Object.fromEntries(examples.map((code, i) => [`${i}.mts`, code])),
});

/** Resolves to stdout; an exit code other than 0 throws what was printed. */
async function run(...args: string[]): Promise<string> {
  const env = { ...process.env, FORCE_COLOR: '0', TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') };
  try {
    return (await promisify(execFile)(process.execPath, args, { cwd: root, env })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(stdout + stderr, { cause: error });
  }
}

test('the README has examples', () => assert.is(examples.length, 2));

test('they compile', async () => {
  await run(join(root, 'node_modules/typescript/bin/tsc'), '-p', folder);
});

for (const [i, code] of examples.entries())
  test(`example ${i + 1} runs and prints what its comments say`, async () => {
    const lines = (await run('--import', 'tsx', join(folder, `${i}.mts`))).trim().split('\n');
    const promised = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
    assert.ok(promised.length > 0);
    const printed = lines.filter((line) => promised.some((start) => line.startsWith(start)));
    assert.is(printed.length, promised.length, lines.join('\n'));
  });

test.run();
