import { existsSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonl, rows } from '../train/finetune/smallClassifier.ts';
import { bertrand, startWith, workFolder } from './commandLine.ts';
import type { Ended } from './commandLine.ts';

const folder = workFolder();
const write = (name: string, text: string | Uint8Array): void => writeFileSync(join(folder, name), text);
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const configOf = (task: string, kind: 'texts' | 'words'): string => `task: ${task}
out: ${kind}-run
device: cpu
data: { train: [${kind}.jsonl], validation: [${kind}-validation.jsonl] }
model: { from: run }
train: { epochs: 2, batchSize: 8, optimizer: { learningRate: 1e-2 } }
`;
for (const [task, kind] of [
  ['sequence', 'texts'],
  ['token', 'words'],
] as const) {
  write(`${kind}.yaml`, configOf(task, kind));
  write(`${kind}.jsonl`, jsonl(kind, 0, 60));
  write(`${kind}-validation.jsonl`, jsonl(kind, 60, 90));
}

const run = async (...args: string[]): Promise<Ended> => {
  const ended = await bertrand(folder, ...args);
  assert.is(ended.code, 0, ended.stderr);
  return ended;
};
const objects = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const tests = Array.from({ length: 20 }, (_, i) => rows.texts(90 + i));
const csv = `text,label\r\n${tests.map(({ text, label }) => `"${text}",${label}\r\n`).join('')}`;
write('test.csv', `\uFEFF${csv}`);
/** What predict says of each test: the probability of birds. */
let shares: number[] = [];
const sharesOf = (text: string): number[] =>
  objects(text).map(({ probabilities }) => (probabilities as { birds: number }).birds);

test('a pretrained run is fine-tuned for texts and for words, and tells how well it does', async () => {
  await run('pretrain', 'config.yaml', '--set', 'model.preset=bert');
  const { stdout } = await run('finetune', 'texts.yaml');
  assert.match(stdout, /^data {4}60 texts to train on, 30 to validate on; labels: birds, kings$/m);
  assert.match(stdout, /^run {5}texts-run; the best checkpoint by macroF1 stays$/m);
  assert.match(stdout, /^step +8\/16 {2}validation loss \d\.\d{4} {2}accuracy .* best so far$/m);
  assert.match(stdout, /^is, given +birds +kings$/m);
  const words = await run('finetune', 'words.yaml');
  assert.match(words.stdout, /^entity F1 {2}\d/m);
  assert.equal(JSON.parse(read('words-run/labels.json')), ['B-BIRD', 'B-KING', 'O']);
});

test('predict answers in the order of a file: CSV with a byte order mark, JSONL and lines alike', async () => {
  await run('predict', 'texts-run', 'test.csv', '--out', 'out/answers.jsonl');
  const answers = objects(read('out/answers.jsonl'));
  shares = sharesOf(read('out/answers.jsonl'));
  assert.is(shares.length, tests.length);
  assert.ok(new Set(shares).size > 5, 'texts are told apart');
  for (const { label, probabilities } of answers as { label: string; probabilities: Record<string, number> }[]) {
    assert.equal(Object.keys(probabilities), ['birds', 'kings']);
    assert.ok(Math.abs(probabilities.birds + probabilities.kings - 1) < 1e-12);
    assert.is(label, probabilities.birds >= probabilities.kings ? 'birds' : 'kings');
  }
  const lines = tests.map(({ text }) => text).join('\n');
  const { stdout, code } = await startWith(lines, folder, 'predict', 'texts-run', '-', '--format', 'csv').ended;
  assert.is(code, 0);
  assert.match(stdout, /^label,birds,kings\n/);
  assert.equal(
    stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1])),
    shares,
  );
  const some = tests.map(({ text }) => `${JSON.stringify({ text, other: 1 })}\n`).join('');
  const typed = await startWith(some, folder, 'predict', 'texts-run', '-').ended;
  assert.equal(sharesOf(typed.stdout), shares);
});

test('--evaluate counts what is right, beside the answers', async () => {
  const { stdout, stderr } = await run('predict', 'texts-run', 'test.csv', '--evaluate', '--out', 'right.jsonl');
  assert.match(stderr, /^test\.csv:4 and 9 more: longer than the model takes: the end is not seen$/m);
  const right = objects(read('right.jsonl')).map((answer) => answer.right);
  assert.equal(
    right,
    tests.map(({ label }) => label),
  );
  const accuracy =
    (100 * shares.filter((share, i) => (share >= 0.5 ? 'birds' : 'kings') === right[i]).length) / tests.length;
  assert.match(stdout, `20 texts\n`);
  assert.match(stdout, `accuracy   ${accuracy.toFixed(1)} %\n`);
  const words = await run('predict', 'words-run', 'words-validation.jsonl', '--evaluate');
  assert.equal(
    objects(words.stdout).map((answer) => answer.right),
    Array.from({ length: 30 }, (_, i) => rows.words(60 + i).tags),
  );
  assert.match(words.stderr, /^150 words\n[^]*^entity F1 /m); // the answers alone go on
});

test('export tells what f16 and int8 cost on the validation rows, if they are there as they were', async () => {
  const args = ['export', 'texts-run', '--format', 'onnx', '--precision', 'f16', '--quantize', 'int8', '--out'];
  const { stdout } = await run(...args, 'onnx');
  const change = String.raw`changes the loss on the validation text by [+-]0\.0\d{3} nats, accuracy by [+-]\d+\.\d\d percentage points, macro F1 by [+-]\d+\.\d\d percentage points`;
  assert.match(stdout, new RegExp(`^f16 ${change}\nint8 ${change}$`, 'm'));
  assert.match(read('onnx/README.md'), new RegExp(`^- \`onnx/model_quantized.onnx\`: ${change}$`, 'm'));
  write('texts-validation.jsonl', jsonl('texts', 60, 80));
  const { stderr } = await run(...args, 'unknown');
  write('texts-validation.jsonl', jsonl('texts', 60, 90));
  assert.match(stderr, /^what a precision costs is not known .*: the rows of texts\.jsonl are not those that the run/);
  assert.ok(existsSync(join(folder, 'unknown/onnx/model_quantized.onnx')));
});

test('--resume goes on from the run alone, and comes to the same numbers', async () => {
  const before = read('texts-run/metrics.jsonl');
  const losses = (text: string): unknown[][] => objects(text).map(({ event, step, loss }) => [event, step, loss]);
  const [best] = readdirSync(join(folder, 'texts-run/checkpoints'));
  renameSync(join(folder, 'run'), join(folder, 'elsewhere'));
  const { stdout } = await run('finetune', 'texts.yaml', '--resume');
  assert.match(stdout, `goes on from step ${Number(best.slice(5))}, the best so far`);
  assert.equal(
    losses(read('texts-run/metrics.jsonl')).filter(([event]) => event !== 'resume'),
    losses(before),
  );
  const anew = await bertrand(folder, 'finetune', 'texts.yaml', '--out', 'x');
  renameSync(join(folder, 'elsewhere'), join(folder, 'run'));
  assert.match(anew.stderr, /^model\.from: run: found nothing; expected a run's folder/);
});

const files: Readonly<Record<string, string>> = {
  'quote.csv': 'text,label\na,birds\n"b,kings\n',
  'empty.csv': '',
  'other.csv': 'text,label\nthe king,dogs\n',
  'cut.jsonl': '{"text":"a","label":"birds"}\n{"text":"b"',
  'length.jsonl': '{"tokens":["a","b"],"tags":["O"]}\n',
  'iob1.jsonl': '{"tokens":["a","b"],"tags":["O","I-BIRD"]}\n',
};
for (const [name, text] of Object.entries(files)) write(name, text);
symlinkSync('nowhere/at/all', join(folder, 'link'));

for (const [what, args, code, pattern] of [
  ['a quote that is not closed', ['predict', 'texts-run', 'quote.csv'], 1, /^quote\.csv:3: the file ends inside/m],
  ['an empty file', ['predict', 'texts-run', 'empty.csv'], 1, /^empty\.csv: found nothing; expected a line with/],
  [
    'a file that is not there',
    ['predict', 'texts-run', 'nowhere.csv'],
    1,
    /^nowhere\.csv: cannot be read: no such file/,
  ],
  [
    'a label never seen',
    ['predict', 'texts-run', 'other.csv', '--evaluate'],
    1,
    /^other\.csv:2: found the label "dogs"/,
  ],
  [
    'tags of another length',
    ['predict', 'words-run', 'length.jsonl', '--evaluate'],
    1,
    /^length\.jsonl:1: found 1 tags/,
  ],
  ['tags that are not IOB2', ['predict', 'words-run', 'iob1.jsonl', '--evaluate'], 1, /^iob1\.jsonl:1: word 2 has the/],
  [
    'an --out that is a folder',
    ['predict', 'texts-run', 'test.csv', '--out', 'run'],
    1,
    /^cannot write run: it is a folder/,
  ],
  [
    'an --out that is a link',
    ['predict', 'texts-run', 'test.csv', '--out', 'link'],
    1,
    /^cannot write link: it is a link to/,
  ],
  ['a run that is no classifier', ['predict', 'run', 'test.csv'], 1, /^run: found no fine-tuned classifier/],
  [
    'a half row to train on',
    ['finetune', 'texts.yaml', '--out', 'x', '--set', 'data.train=[cut.jsonl]'],
    1,
    /^cut\.jsonl:2: not/,
  ],
  [
    'an unknown key',
    ['finetune', 'texts.yaml', '--out', 'x', '--set', 'train.steps=3'],
    2,
    /train\.steps: found the unknown key/,
  ],
  ['a run that is there', ['finetune', 'texts.yaml'], 1, /^texts-run: there is a run already; add --resume/],
  ['no file', ['predict', 'texts-run'], 2, /^missing: <file>/],
] as const)
  test(`${what}: one clear error, and nothing is written`, async () => {
    const before = readdirSync(folder);
    const found = await bertrand(folder, ...args);
    assert.is(found.code, code, found.stderr);
    assert.match(found.stderr, pattern);
    assert.not.match(found.stderr, /\n\s+at |node:internal/);
    assert.equal(readdirSync(folder), before);
  });

test('an answer that fails leaves the old file as it was', async () => {
  write('old.jsonl', 'old');
  const { code } = await bertrand(folder, 'predict', 'texts-run', 'cut.jsonl', '--out', 'old.jsonl');
  assert.is(code, 1);
  assert.is(read('old.jsonl'), 'old');
  assert.equal(
    readdirSync(folder).filter((name) => name.includes('.tmp')),
    [],
  );
});

test('a damaged run is told of; changed labels do not count', async () => {
  write('texts-run/labels.json', '["kings", "birds"]');
  const { stdout, stderr } = await run('predict', 'texts-run', 'test.csv');
  assert.match(
    stderr,
    /^texts-run\/labels\.json: it was changed .* the labels are those of the checkpoint: birds, kings/,
  );
  assert.equal(sharesOf(stdout), shares);
  const [step] = readdirSync(join(folder, 'texts-run/checkpoints'));
  const weights = `texts-run/checkpoints/${step}/model.safetensors`;
  const bytes = readFileSync(join(folder, weights));
  bytes[2000] ^= 1;
  write(weights, bytes);
  const damaged = await bertrand(folder, 'predict', 'texts-run', 'test.csv');
  assert.is(damaged.code, 1);
  assert.match(
    damaged.stderr,
    /^texts-run has no intact checkpoint\n {2}passed over: .*model\.safetensors: not intact/,
  );
  rmSync(join(folder, 'texts-run/labels.json'));
  const none = await bertrand(folder, 'predict', 'texts-run', 'test.csv');
  assert.match(none.stderr, /^texts-run: found no fine-tuned classifier \(a folder with labels\.json\)/);
});

test.run();
