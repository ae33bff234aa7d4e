/**
 * Trains web/default.yaml to its end and records what the page shows before a visitor trains: the curve, answers at a few steps,
 * and the model itself in a byte per number. Minutes on two cores. To be run again when that config or the examples change.
 *
 *     node --import tsx scripts/record-page.ts
 *
 * Writes web/public/recorded/run.json, model.bin and tokenizer.json.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../src/train/run/safetensors/readSafetensors.ts';
import { toBytes } from '../web/src/engine/trained/bytePerNumber.ts';
import type { HostTensors } from '../src/train/modelState.ts';
import { EXAMPLES } from '../web/src/view/asking/examples.ts';
import type { Recording } from '../web/src/view/recorded/recording.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'web/public/recorded');
const work = mkdtempSync(join(tmpdir(), 'bertrand-recording-'));
const run = join(work, 'run');
const STEPS = [25, 100, 400, 1600];
const TOP = 5;

const bertrand = (...args: string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', join(root, 'src/cli.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });

try {
  const settings = [`checkpoint.milestones=${JSON.stringify(STEPS)}`, 'cpu.products=wasm'];
  bertrand(
    'pretrain',
    'web/default.yaml',
    '--out',
    run,
    '--device',
    'cpu',
    ...settings.flatMap((one) => ['--set', one]),
  );
  const recording = record();
  mkdirSync(out, { recursive: true });
  const model = toBytes(weights());
  writeFileSync(join(out, 'run.json'), JSON.stringify(recording));
  writeFileSync(join(out, 'model.bin'), model);
  writeFileSync(
    join(out, 'config.yaml'),
    readFileSync(join(run, 'config.yaml')).toString().replace(run, 'runs/recorded'),
  );
  writeFileSync(join(out, 'tokenizer.json'), readFileSync(join(run, 'tokenizer.json')));
  console.log(`${recording.metrics.length} lines of metrics; the model in ${model.length} bytes`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function folders(): { step: number; folder: string }[] {
  const names = readdirSync(join(run, 'checkpoints')).filter((name) => /^step-\d+$/.test(name));
  return names.map((name) => ({ step: Number(name.slice(5)), folder: join(run, 'checkpoints', name) }));
}

function weights(): HostTensors {
  const [{ folder }] = folders().toSorted((a, b) => b.step - a.step);
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')), 'model.safetensors');
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data, Number) }]),
  );
}

function record(): Recording {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const metrics = lines.map((line) => JSON.parse(line) as Recording['metrics'][number] & { readonly event: string });
  const all = folders().toSorted((a, b) => a.step - b.step);
  const last = all.at(-1)?.step ?? 0;
  const asked = all.filter(({ step }) => step === last || STEPS.includes(step));
  const answers = asked.map(({ step, folder }) => ({ step, texts: ask(folder) }));
  return {
    steps: last,
    metrics: thinned(metrics),
    examples: EXAMPLES.map((text, i) => ({
      text,
      at: answers.map(({ step, texts }) => ({ step, guesses: texts[i] })),
    })),
  };
}

/** Every validation, and as many lines of training, with no more digits than a curve shows. */
function thinned(
  metrics: readonly (Recording['metrics'][number] & { readonly event: string })[],
): Recording['metrics'] {
  const kept = metrics.filter(({ event, step }) => event === 'validate' || (event === 'train' && step % 40 === 0));
  const keys = new Set([
    'event',
    'step',
    'loss',
    'accuracy',
    'unigramLoss',
    'contextFreeLoss',
    'count',
    'learningRate',
    'gradNorm',
  ]);
  return kept.map(
    (metric) =>
      Object.fromEntries(
        Object.entries({ ...metric, tokensPerSecond: 0 })
          .filter(([key]) => keys.has(key) || key === 'tokensPerSecond')
          .map(([key, value]) => [key, typeof value === 'number' ? Number(value.toPrecision(5)) : value]),
      ) as unknown as Recording['metrics'][number],
  );
}

function ask(checkpoint: string): { token: string; probability: number }[][] {
  const file = join(work, 'examples.txt');
  writeFileSync(file, EXAMPLES.join('\n'));
  const said = bertrand('fill-mask', checkpoint, '--file', file, '--top', String(TOP), '--device', 'cpu', '--json');
  const { texts } = JSON.parse(said) as { texts: { masks: { token: string; probability: number }[][] }[] };
  return texts.map(({ masks: [first] }) =>
    first.map(({ token, probability }) => ({ token, probability: Number(probability.toPrecision(3)) })),
  );
}
