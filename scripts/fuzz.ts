/**
 * Feeds damaged and hostile files to everything that reads files of strangers: each must be taken, or refused with one short
 * BertrandError, within 2 s of processor time (10 s where a run's text is read) and 500 MB, and nothing may be written but to caches.
 *
 *     node --import tsx scripts/fuzz.ts [--count 2000] [--seed 1] [--first 0] [--only READER]
 *
 * Readers: config, tokenizer, vocabulary, safetensors, huggingFace, state, metrics, corpus, rows, texts, store, zip, and run folders
 * by evaluate, fillMask, export, runs, report and resume. A fault is printed with the command that repeats it.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Orders, Outcome } from './fuzz/reports.ts';

/** Milliseconds of wall-clock time for an input (a busy machine is no hang, and processor time is counted as well), and to start. */
const [HANG, START] = [20_000, 300_000];

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});
const { seed, only } = values;
const end = Number(values.first) + Number(values.count);
const folder = mkdtempSync(join(tmpdir(), 'bertrand-fuzz-'));
const home = join(folder, 'home');
mkdirSync(home);
const outcomes: Outcome[] = [];

for (let from = Number(values.first); from < end;) from = await work({ seed, from, to: end, only, status: join(folder, 'status') }); // prettier-ignore
rmSync(folder, { recursive: true, force: true });
report();

/** One worker's life. @returns the input with which the next begins */
function work(orders: Orders): Promise<number> {
  const worker = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('fuzz/worker.ts', import.meta.url)), JSON.stringify(orders)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, '.cache'), TMPDIR: folder },
    },
  );
  let errors = '';
  worker.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
  let next = orders.from;
  const started = Date.now();
  let seen = started;
  createInterface({ input: worker.stdout }).on('line', (line) => {
    const outcome = JSON.parse(line) as Outcome;
    note(outcome);
    next = outcome.number + 1;
    seen = Date.now();
  });
  const watch = setInterval(() => {
    if (!isReading(orders, next) && next === orders.from && Date.now() - started < START) seen = Date.now();
    if (Date.now() - seen > HANG) worker.kill('SIGKILL');
  }, 500);
  return new Promise((resolve, reject) => {
    worker.on('close', (code, signal) => {
      clearInterval(watch);
      if (code === 0) return resolve(next);
      const [number, name] = reading(orders);
      if (number !== next) return reject(new Error(`no worker came to work: ${errors}`));
      const what = signal === 'SIGKILL' ? 'hangs' : `ended the process (${code ?? signal}): ${errors}`;
      note({ number, name, file: '', accepted: false, seconds: HANG / 1000, megabytes: 0, fault: what });
      return resolve(number + 1);
    });
  });
}

function reading({ status }: Orders): [number: number, name: string] {
  try {
    const [number, name = ''] = readFileSync(status, 'utf8').trim().split(' ');
    return [number === '' ? -1 : Number(number), name];
  } catch {
    return [-1, ''];
  }
}

/** Whether a worker has reached that input; before that it makes its intact files. */
function isReading(orders: Orders, next: number): boolean {
  return reading(orders)[0] === next;
}

function note(outcome: Outcome): void {
  outcomes.push(outcome);
  const { number, name, file, fault } = outcome;
  if (fault === undefined) return;
  console.log(`${name}, ${file}: ${fault}`);
  console.log(`  node --import tsx scripts/fuzz.ts --seed ${seed} --only ${name} --first ${number} --count 1`);
}

function report(): void {
  const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);
  console.log('reader         inputs   taken  refused  faults     mean  longest');
  for (const name of new Set(outcomes.map((outcome) => outcome.name).toSorted())) {
    const own = outcomes.filter((outcome) => outcome.name === name);
    const faults = own.filter(({ fault }) => fault !== undefined).length;
    const taken = own.filter(({ accepted }) => accepted).length;
    const columns = [own.length, taken, own.length - taken, faults].map((count) => String(count).padStart(8)).join('');
    const seconds = own.map((outcome) => outcome.seconds);
    const mean = (1000 * seconds.reduce((a, b) => a + b)) / own.length;
    console.log(`${name.padEnd(12)} ${columns}  ${mean.toFixed(1).padStart(4)} ms  ${most(seconds).toFixed(2)} s`);
  }
  const faults = outcomes.filter(({ fault }) => fault !== undefined).length;
  const memory = most(outcomes.map(({ megabytes }) => megabytes));
  console.log(`${outcomes.length} inputs, ${faults} faults, at most ${memory.toFixed(0)} MB`);
  process.exitCode = faults === 0 && outcomes.length === Number(values.count) ? 0 : 1;
}
