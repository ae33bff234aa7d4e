/**
 * Whether the table of ops notices an array that an op's backward reads but does not list in `saved`: takes away one entry of one list at a
 * time, in a copy of src, and runs the op's rows. Prints a line for each entry, and exits 1 if no row notices one of them.
 *
 *     node --import tsx scripts/mutate-saved.ts [OP ...]
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { savedEntries } from './mutate/savedEntries.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'bertrand-mutants-'));
for (const path of ['src', 'scripts/mutate', 'package.json', 'tsconfig.json'])
  cpSync(join(root, path), join(copy, path), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

interface Red {
  readonly rows: number;
  readonly parameters: boolean;
  readonly onTape: boolean;
}

function check(...ops: string[]): Red {
  const args = ['--import', 'tsx', 'scripts/mutate/checkOp.ts', ...ops];
  return JSON.parse(execFileSync(process.execPath, args, { cwd: copy, encoding: 'utf8' })) as Red;
}

const before = check();
if (before.parameters || before.onTape) throw new Error('rows are red before anything was taken away');

const ops = 'src/autograd/ops';
const files = readdirSync(join(copy, ops), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const wanted = process.argv.slice(2);
const count = { entries: 0, parameters: 0, onTape: 0, survivors: 0 };
for (const file of files.toSorted()) {
  const op = basename(file, '.ts');
  const path = join(copy, ops, file);
  const source = readFileSync(path, 'utf8');
  const entries = wanted.length === 0 || wanted.includes(op) ? savedEntries(source) : [];
  for (const { line, entry, without } of entries) {
    writeFileSync(path, without);
    const { rows, parameters, onTape } = check(op);
    const survives = !parameters && !onTape;
    const found = [parameters && 'parameters', onTape && 'inputs on the tape'].filter(Boolean).join(' and ');
    console.log(`${survives ? 'SURVIVES' : 'falls   '}  ${file}:${line} ${entry}: ${found || `none of ${rows} rows`}`);
    count.entries += 1;
    count.parameters += Number(parameters);
    count.onTape += Number(onTape);
    count.survivors += Number(survives);
  }
  writeFileSync(path, source);
}
rmSync(copy, { recursive: true });
console.log(
  `${count.entries} entries: ${count.parameters} fall to rows of parameters, ${count.onTape} to rows of inputs on the tape; ${count.survivors} survive`,
);
process.exitCode = count.survivors === 0 ? 0 : 1;
