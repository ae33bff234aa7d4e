/** Reads inputs of a fuzz one after another, in a process of its own: scripts/fuzz.ts watches it. */
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync, writeSync, openSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { BertrandError } from '../../src/error.ts';
import { intactFiles } from './intact.ts';
import { mutateFile } from './mutateFile.ts';
import { drawsOf } from './random.ts';
import { inputsOf, NEWEST, readers } from './readers.ts';
import type { Orders, Outcome } from './reports.ts';
import { readerOf } from './reports.ts';
import { vouch } from './vouch.ts';

const LONGEST_MESSAGE = 4096;
/** Seconds of processor time; more where a config that was cut short means the default corpus, which is then encoded. */
const [LONGEST, LONGEST_WITH_TEXT] = [2, 10];

const { seed, from, to, only, status } = JSON.parse(process.argv[2]) as Orders;
const progress = openSync(status, 'w');
const folder = await intactFiles();
process.chdir(folder);
const inputs = Object.fromEntries(Object.entries(readers).map(([name, reader]) => [name, inputsOf(reader, folder)]));
const others = Object.values(inputs).flatMap((files) => files.map((file) => readFileSync(file)));
cpSync(folder, `${folder}.intact`, { recursive: true });
process.on('exit', () => rmSync(`${folder}.intact`, { recursive: true, force: true }));

let said = 0;
for (const stream of [process.stdout, process.stderr])
  stream.write = (text: string | Uint8Array): boolean => ((said = Math.max(said, text.length)), true);
const faults: unknown[] = [];
process.on('unhandledRejection', (error) => faults.push(error));

for (const [name, { read, writes }] of Object.entries(readers))
  for (const file of inputs[name]) {
    await read(folder, file); // else every refusal of a changed one would prove nothing
    if (writes) restore();
  }

for (let number = from; number < to; number++) {
  const name = only ?? readerOf(seed, number);
  writeSync(progress, `${number} ${name}\n`.padEnd(64), 0);
  const outcome = await readOne(name, number);
  writeSync(1, `${JSON.stringify(outcome)}\n`);
  if (outcome.fault?.startsWith('memory')) break; // the next ones would be blamed for it
}
process.exit(0);

async function readOne(name: string, number: number): Promise<Outcome> {
  const reader = readers[name];
  const draws = drawsOf(`${seed}/${name}/${number}`);
  const file = draws.pick(inputs[name]);
  const intact = readFileSync(file);
  const changed = mutateFile(file, intact, draws, others);
  writeFileSync(file, changed);
  const state = join(folder, NEWEST, 'state.json');
  const intactState = readFileSync(state);
  if (reader.vouches && !file.endsWith('state.json') && draws.chance(0.5)) vouch(join(folder, NEWEST));
  const before = reader.writes ? '' : listing();
  const began = process.cpuUsage();
  said = 0;
  let accepted = true;
  let fault: string | undefined;
  try {
    await reader.read(folder, file);
    await new Promise(setImmediate); // rejections that nobody waited for
  } catch (error) {
    accepted = false;
    fault = faultOf(error);
  }
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  if (faults.length > 0) fault = `unhandled: ${String(faults.splice(0)[0])}`;
  if (!accepted && said > LONGEST_MESSAGE) fault ??= `says ${said} characters`;
  if (seconds > (reader.vouches ? LONGEST_WITH_TEXT : LONGEST))
    fault ??= `slow: ${seconds.toFixed(1)} s of processor time`;
  if (megabytes > 500) fault = `memory: ${megabytes.toFixed(0)} MB${fault === undefined ? '' : `, and ${fault}`}`;
  if (!reader.writes && listing() !== before) fault ??= `wrote: ${difference(before, listing())}`;
  if (reader.writes || fault?.startsWith('wrote')) restore();
  else {
    if (reader.vouches) writeFileSync(state, intactState);
    writeFileSync(file, intact);
  }
  return { number, name, file, accepted, seconds, megabytes, ...(fault !== undefined && { fault }) };
}

function faultOf(error: unknown): string | undefined {
  if (!(error instanceof BertrandError))
    return error instanceof Error ? `threw ${error.stack}` : `threw ${String(error)}`;
  const message = error.message.replaceAll(folder, ''); // whose length is not the file's doing
  if (message.length > LONGEST_MESSAGE) return `a message of ${message.length} characters: ${message.slice(0, 200)}`;
  return /\n\s+at .*:\d+/.test(message) || message.trim() === '' ? `a message like ${message}` : undefined;
}

/** Everything but caches, with times, so that any write changes it. */
function listing(): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const home = readdirSync(process.env.HOME ?? '').filter((name) => !name.startsWith('.'));
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  const files = paths.filter((path) => !path.startsWith(join(folder, 'cache')));
  return [...home, ...files.map((path) => `${path} ${statSync(path).mtimeMs}`)].join('\n');
}

const difference = (before: string, after: string): string =>
  after
    .split('\n')
    .filter((line) => !before.includes(line))
    .join(', ') || 'something is gone';

function restore(): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
  cpSync(`${folder}.intact`, folder, { recursive: true, preserveTimestamps: true });
}
