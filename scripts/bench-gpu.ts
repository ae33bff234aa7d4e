/**
 * Everything that a real GPU is needed for, in one command: the gradient check, the tests of kernels, a step of each model in
 * f32 and f16, and PyTorch beside it where there is one with CUDA. Writes a JSON and a Markdown file, which docs/webgpu.md says
 * how to take in. About half an hour on a fast GPU.
 *
 *     npm run bench-gpu -- [--out gpu-results] [--tiny] [--software]
 *
 * `--tiny` runs a minute of it, and `--software` accepts a GPU that is none: both show that it works, not how fast a GPU is.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform, release } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { full, tiny } from './gpu/plan.ts';
import { toMarkdown } from './gpu/report.ts';
import type { Check, GpuReport, Timing } from './gpu/report.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'gpu-results' },
    tiny: { type: 'boolean', default: false },
    software: { type: 'boolean', default: false },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const plan = values.tiny ? tiny : full;

/** Runs Node, and shows what it says on stderr. */
function node(...args: string[]): { readonly code: number; readonly output: string } {
  process.stderr.write(`${args.filter((each) => !each.startsWith('--import') && each !== 'tsx').join(' ')}\n`);
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CI: 'true' }, // a missing adapter fails tests
  });
  return { code: status ?? 1, output: stdout };
}
const bertrand = (...args: string[]): ReturnType<typeof node> => node('--import', 'tsx', 'src/cli.ts', ...args);
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function check(name: string, { code, output }: ReturnType<typeof node>): Check {
  return { name, passed: code === 0, found: lastLine(output) };
}

interface Reported {
  readonly devices: readonly { readonly name: string; readonly automatic: boolean; readonly description: string }[];
}

const { devices } = JSON.parse(bertrand('devices', '--json').output) as Reported;
const webgpu = devices.find(({ name }) => name === 'webgpu');
if (!webgpu || !(webgpu.automatic || values.software)) {
  console.error(`bench-gpu: no GPU was found: ${webgpu?.description ?? 'no webgpu'}`);
  process.exit(1);
}

const checks = [
  check('gradcheck --device webgpu', bertrand('gradcheck', '--device', 'webgpu', ...plan.gradcheck)),
  check(`npm test '${plan.tests}'`, node('scripts/test.mjs', plan.tests)),
];
const timings = plan.models.flatMap(({ name, settings }) =>
  plan.precisions.map((precision): Timing => {
    const set = [...settings, `train.precision=${precision}`].flatMap((setting) => ['--set', setting]);
    const bench = ['bench', 'configs/sotu.yaml', '--device', 'webgpu', '--json', '--steps', `${plan.steps}`, ...set];
    const { code, output } = bertrand(...bench);
    const of = { model: name, precision };
    if (code !== 0) return { ...of, missing: `failed with code ${code}` };
    const { millisecondsPerStep, tokensPerSecond, gflopsPerSecond, peakMemory } = JSON.parse(output) as Timing;
    return { ...of, millisecondsPerStep, tokensPerSecond, gflopsPerSecond, peakMemory } as Timing;
  }),
);
const peers = plan.peers ? node('--import', 'tsx', 'scripts/bench-peers.ts', '--gpu').output : undefined;

const report: GpuReport = {
  date: new Date().toISOString(),
  gpu: webgpu.description,
  commit:
    spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).stdout?.trim() || 'unknown',
  system: `${platform()} ${release()} ${arch()}, Node ${process.version}`,
  checks,
  timings,
  peers,
};
mkdirSync(values.out, { recursive: true });
const name = `${report.date.slice(0, 10)}-${report.gpu.split(',')[0].replaceAll(/[^\w.-]+/g, '-')}`;
const path = join(values.out, name);
writeFileSync(`${path}.json`, `${JSON.stringify(report, null, 2)}\n`);
writeFileSync(`${path}.md`, toMarkdown(report));
console.log(`${toMarkdown(report)}\nwritten to ${path}.json and ${path}.md`);
process.exitCode = checks.every(({ passed }) => passed) ? 0 : 1;
