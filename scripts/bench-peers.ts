/**
 * One training step of ours compared with that of what a user would pick instead: every program does the same work alone, in turn, for a few
 * rounds; medians, ratios, a table and a chart. `npm run bench-peers -- --install` first gets the JavaScript peers and a newer Node into .peers/ (500 MB);
 * PyTorch is Debian's: apt install python3-torch libopenblas0-openmp. What is missing is left out, and named.
 *
 *     npm run bench-peers -- [--install] [--gpu] [--only NAME ...] [--sizes tiny,mini] [--rounds 3] [--max-seconds 12] [--slow] [--hurry]
 *                            [--json results.json] [--svg chart.svg]
 *
 * `--gpu`: a BERT-base of 32 x 128 and of 8 x 512 tokens on this machine's GPU, ours compared with a PyTorch that has CUDA.
 * `--slow` adds peers that take minutes: those on WebGPU where there is no GPU, TensorFlow.js on plain JavaScript, js-pytorch.
 * `--hurry` does not wait for an idle machine: it shows that everything runs, not how fast.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { waitUntilIdle } from './peers/idle.ts';
import { NEWER_NODE, peers } from './peers/peers.ts';
import type { Peer } from './peers/peers.ts';
import { chart, summarise, table } from './peers/results.ts';
import type { Measured } from './peers/results.ts';
import { work } from './peers/work.ts';

const { values } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    sizes: { type: 'string' },
    gpu: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    'max-seconds': { type: 'string', default: '12' },
    slow: { type: 'boolean', default: false },
    hurry: { type: 'boolean', default: false },
    json: { type: 'string' },
    svg: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const packages = `${root}.peers`;
mkdirSync(packages, { recursive: true });
writeFileSync(`${packages}/work.json`, JSON.stringify(work));
if (values.install) install();

const sizes = values.sizes ?? (values.gpu ? 'base-128,base-512' : 'tiny,mini');
const wanted = peers.filter(
  ({ name, slow, gpu = false }) =>
    gpu === values.gpu && (values.slow || !slow) && (!values.only || values.only.some((part) => name.includes(part))),
);
const measured: Measured[] = [];
const missing = new Map<string, string>();
for (let round = 1; round <= Number(values.rounds); round++)
  for (const size of sizes.split(','))
    for (const peer of wanted) {
      if (missing.has(peer.name)) continue;
      process.stderr.write(`round ${round}, ${size}: ${peer.name} ... `);
      const busy = !values.hurry && (await waitUntilIdle());
      const result = measure(peer, size);
      if (typeof result === 'string') missing.set(peer.name, result);
      else measured.push({ ...result, peer: peer.name });
      process.stderr.write(
        typeof result === 'string'
          ? `left out: ${result}\n`
          : `${result.tokens_per_s} tokens/s${result.valid ? '' : ', NOT VALID: its loss does not fall'}${busy ? ' (the machine was busy)' : ''}\n`,
      );
    }

const summary = summarise(measured);
console.log(table(summary));
for (const [name, reason] of missing) console.log(`Left out: ${name}: ${reason}`);
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ date: new Date().toISOString(), measured }, null, 1)}\n`);
if (values.svg) writeFileSync(values.svg, chart(summary));

/** Runs a peer once; its line of results, or in a few words why there is none. */
function measure({ command, environment, needs, steps = 15, warmup = 3 }: Peer, size: string): Measured | string {
  if (needs && !existsSync(`${packages}/node_modules/${needs}`)) return `${needs} is not there; run with --install`;
  const [program, ...args] = command;
  const limits = { size, warmup, steps, max_s: values['max-seconds'] };
  const flags = Object.entries(limits).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
  const { stdout, stderr, error } = spawnSync(program, [...args, ...flags], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PEERS_WORK: `${packages}/work.json`, PEERS_PACKAGES: packages, ...environment },
    timeout: 600_000,
  });
  const line = stdout?.trim().split('\n').at(-1) ?? '';
  if (line.startsWith('{')) return JSON.parse(line) as Measured;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? 'it printed nothing';
}

function install(): void {
  const manifest = { private: true, overrides: { gl: `file:${root}scripts/no-gl` } };
  writeFileSync(`${packages}/package.json`, JSON.stringify(manifest));
  const names = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgpu'].map(
    (name) => `${name}@4.22.0`,
  );
  const all = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    ...names,
    '@jax-js/jax@0.1.25',
    'js-pytorch@0.7.2',
    `${NEWER_NODE.package}@${NEWER_NODE.version}`,
  ];
  const { status } = spawnSync('npm', all, { cwd: packages, stdio: 'inherit' });
  if (status !== 0) throw new Error('npm could not install the peers');
}
