import { lstatSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packed, project, run, tools, training } from './project.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const MOST_MEGABYTES = 25;

/** Bytes of all files below. */
const bytesOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => lstatSync(join(folder, name)))
    .filter((file) => file.isFile())
    .reduce((total, { size }) => total + size, 0);

const lastLoss = (folder: string): string | undefined =>
  /"validate","step":20,"loss":([\d.]+)/.exec(readFileSync(join(folder, 'run/metrics.jsonl'), 'utf8'))?.[1];

const installed = await project(training);
await run(installed, 'npx', 'bertrand', 'pretrain', 'my.yaml', '--device', 'cpu');
const byNode = lastLoss(installed);

test('an install is small, runs no scripts and brings products in machine code', async () => {
  const modules = join(installed, 'node_modules');
  assert.ok(bytesOf(modules) < MOST_MEGABYTES * 1e6, `${bytesOf(modules)} bytes`);
  assert.not.match(readFileSync(join(modules, '.package-lock.json'), 'utf8'), /hasInstallScript/);
  const { devices } = JSON.parse(await run(installed, 'npx', 'bertrand', 'devices', '--json')) as {
    devices: { name: string; available: boolean; description: string }[];
  };
  const found = Object.fromEntries(devices.map((device) => [device.name, device]));
  assert.match(found['webgpu'].description, /^the npm package webgpu is not installed; run npm install webgpu@/);
  assert.match(found['webgl'].description, /^the npm package gpu\.js is not installed; run npm install gpu\.js@/);
  assert.ok(found['cpu'].available);
  if (process.platform === 'linux' && process.arch === 'x64')
    assert.match(found['cpu'].description, /machine code|no AVX2/);
});

test('the installed command trains, and asks', async () => {
  assert.ok(Number(byNode) > 0);
  const answer = await run(installed, 'npx', 'bertrand', 'fill-mask', 'run', 'the king of [MASK]', '--device', 'cpu');
  assert.match(answer, /%/);
  const missing = await run(installed, 'npx', 'bertrand', 'summary', 'node_modules/bertrand-ml/configs/tiny.yaml');
  assert.match(missing, /parameters/);
});

test('pnpm installs it without a question, and it trains the same', async () => {
  const folder = temporaryFolder({ 'package.json': '{ "type": "module" }', ...training });
  const pnpm = await tools('pnpm@10.24.0');
  await run(folder, process.execPath, join(pnpm, 'node_modules/pnpm/bin/pnpm.cjs'), 'add', await packed());
  await run(folder, join(folder, 'node_modules/.bin/bertrand'), 'pretrain', 'my.yaml', '--device', 'cpu');
  assert.is(lastLoss(folder), byNode);
});

test('Bun and Deno give the loss of Node in every digit', async () => {
  const runtimes = await tools('bun@1.4.5', 'deno@2.9.6');
  for (const [name, ...args] of [['bun'], ['deno', 'run', '--allow-all']]) {
    const bin = join(installed, 'node_modules/bertrand-ml/bin/bertrand.mjs');
    rmSync(join(installed, 'run'), { recursive: true });
    await run(
      installed,
      join(runtimes, 'node_modules/.bin', name),
      ...args,
      bin,
      'pretrain',
      'my.yaml',
      '--device',
      'cpu',
    );
    assert.is(lastLoss(installed), byNode, name);
  }
});

test.run();
