import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeBlocks } from '../documents/markdown.ts';
import { packed, project, run, tools } from './project.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const examples = Object.fromEntries(codeBlocks(read('README.md'), 'ts').map((code, i) => [`readme${i}.ts`, code]));
const folder = await project({ ...examples, 'regression.ts': read('examples/regression.ts') }, '@types/node@20');

for (const version of ['5.4.5', '7.0.2']) {
  const compiler = tools(`typescript@${version}`);
  for (const resolution of ['nodenext', 'bundler'])
    test(`TypeScript ${version} compiles the examples and checks all declarations under ${resolution}`, async () => {
      const compilerOptions = {
        target: 'es2022',
        lib: ['es2023', 'dom'],
        module: resolution === 'bundler' ? 'esnext' : resolution,
        moduleResolution: resolution,
        types: ['node'],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
      await run(folder, process.execPath, join(await compiler, 'node_modules/typescript/bin/tsc'), '-p', folder);
    });
}

test('publint and attw find nothing', async () => {
  const judges = await tools('publint@0.3.25', '@arethetypeswrong/cli@0.18.5');
  await run(judges, 'npx', 'publint', await packed(), '--strict');
  await run(judges, 'npx', 'attw', await packed(), '--profile', 'esm-only');
  assert.ok(true);
});

test.run();
