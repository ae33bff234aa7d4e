import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { metricsText } from '../../train/report/recordSample.ts';
import { shownBy } from '../../train/run/tensorboard/readEvents.ts';
import { bertrand, clear, workFolder } from '../commandLine.ts';

const config = 'train: { steps: 20 }\n';
const ran = (steps: number) => ({ 'metrics.jsonl': metricsText(steps), 'config.yaml': config });
const inFolder = (name: string, files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]));

test('report writes a page and a table of the runs of a folder, and replaces its own alone', async () => {
  const folder = temporaryFolder({ ...inFolder('runs/one', ran(20)), ...inFolder('runs/two', ran(10)), 'mine.html': 'mine' }); // prettier-ignore
  const { code, stdout, stderr } = await bertrand(folder, 'report', 'runs', '--out', 'page.html', '--csv', 'all.csv');
  assert.is(code, 0, stderr);
  assert.is(stdout, 'page.html: 2 runs\nall.csv: a line for each of the log\n');
  assert.match(readFileSync(join(folder, 'page.html'), 'utf8'), /^<!doctype html>[^]*one is best at the end/);
  assert.is(readFileSync(join(folder, 'all.csv'), 'utf8').split('\r\n').length, 1 + 22 + 11 + 1);
  const printed = await bertrand(folder, 'report', 'runs/two', '--csv', '-');
  assert.match(printed.stdout, /^run,event,step,minutes,loss,[\w,]+\r\ntwo,train,1,/);
  assert.is((await bertrand(folder, 'report', 'runs/one', '--out', 'page.html')).code, 0);
  const foreign = await bertrand(folder, 'report', 'runs/one', '--out', 'mine.html');
  assert.is(foreign.code, 1);
  assert.is(foreign.stderr, 'mine.html: there is a file that Bertrand did not write; choose another --out\n');
  assert.is(readFileSync(join(folder, 'mine.html'), 'utf8'), 'mine');
});

test('report without a file to write is wrong usage, and so is a folder without runs an error', async () => {
  const folder = temporaryFolder(inFolder('one', ran(10)));
  const usage = await bertrand(folder, 'report', 'one');
  assert.is(usage.code, 2);
  assert.match(usage.stderr, /^missing: --out page\.html or --csv metrics\.csv/);
  mkdirSync(join(folder, 'empty'));
  const empty = await bertrand(folder, 'report', 'empty', '--out', 'page.html');
  assert.is(empty.code, 1);
  assert.match(empty.stderr, /^empty: found no run in this folder/);
  clear(empty.stderr);
});

test('what is no run file in a folder of runs is told in a line, and the others are shown', async () => {
  const folder = temporaryFolder({ ...inFolder('runs/good', ran(20)), 'runs/cut/config.yaml': 'train: [', 'runs/cut/metrics.jsonl': '\u0000{"event":"train","step":1e99,"loss":"x"}\n{"event":"train","step":3,"loss":2}\n{"ev' }); // prettier-ignore
  mkdirSync(join(folder, 'runs/odd/metrics.jsonl'), { recursive: true });
  mkdirSync(join(folder, 'runs/device'));
  symlinkSync('/dev/zero', join(folder, 'runs/device/metrics.jsonl'));
  symlinkSync('..', join(folder, 'runs/circle'));
  for (const command of [
    ['runs', 'runs'],
    ['report', 'runs', '--csv', '-'],
  ]) {
    // prettier-ignore
    const { code, stdout, stderr } = await bertrand(folder, ...command);
    assert.is(code, 0, stderr);
    assert.match(stdout, /^good/m);
    assert.match(stdout + stderr, /runs\/odd\/metrics\.jsonl: .*folder/);
    assert.match(stdout + stderr, /runs\/device\/metrics\.jsonl: .*(device|pipe)/);
    assert.match(stdout + stderr, /runs\/cut\/config\.yaml/);
    clear(stdout);
  }
});

test('log.tensorboard writes what TensorBoard shows while a run trains and after it goes on', async () => {
  const folder = workFolder();
  const run = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await bertrand(folder, 'pretrain', 'config.yaml', '--device', 'cpu', '--set', 'log.tensorboard=true', ...args); // prettier-ignore
    assert.is(code, 0, stderr);
  };
  await run('--set', 'train.steps=20');
  await run('--set', 'train.steps=40', '--resume');
  const out = join(folder, 'run');
  const files = readdirSync(out).filter((name) => name.includes('tfevents')).toSorted(); // prettier-ignore
  assert.is(files.length, 2);
  const paths = files.map((name) => join(out, name));
  const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as { event: string; step: number; loss: number });
  for (const [event, tag] of [
    ['train', 'loss/train'],
    ['validate', 'loss/validation'],
  ]) {
    // prettier-ignore
    const expected = logged.filter((line) => line.event === event).map(({ step, loss }) => [step, Math.fround(loss)]);
    assert.equal(shownBy(paths, tag), expected);
  }
});

test('a run whose validation text was trained on says so at its end, in evaluate and in its report', async () => {
  const folder = workFolder(); // whose documents begin again after 19
  const trained = await bertrand(folder, 'pretrain', 'config.yaml', '--device', 'cpu');
  const note = /^note {4}100 % of the validation text is in the training text too: the validation\n {8}loss tells what the model remembers\ntry {5}removing them from data\.corpus, or other text in data\.validationCorpus$/gm; // prettier-ignore
  assert.is(trained.stdout.match(note)?.length, 1, trained.stdout);
  assert.match(trained.stdout, /^note {4}the validation loss, [\d.]+, is no better than guessing by frequency/m);
  const evaluated = await bertrand(folder, 'evaluate', 'run', '--device', 'cpu');
  assert.is(evaluated.stdout.match(note)?.length, 1, evaluated.stdout);
  const { stdout } = await bertrand(folder, 'evaluate', 'run', '--device', 'cpu', '--json');
  const { diagnoses } = JSON.parse(stdout) as { diagnoses: { name: string }[] };
  assert.equal(
    diagnoses.map(({ name }) => name),
    ['plateau', 'duplicates'],
  );
  const { code, stderr } = await bertrand(folder, 'report', 'run', '--out', 'run.html');
  assert.is(code, 0, stderr);
  const page = readFileSync(join(folder, 'run.html'), 'utf8');
  assert.match(page, /<h2>What to look at<\/h2>[^]*<td>100 % of the validation text/);
  assert.match(page, /<details class="panel"><summary>Hidden words over time<\/summary>[^]*<th scope="row">step 20<\/th><td>/); // prettier-ignore
});

test.run();
