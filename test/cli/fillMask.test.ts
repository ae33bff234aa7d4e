import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, clear, startWith, workFolder } from './commandLine.ts';

const folder = workFolder();
const lines = 'the king [MASK] over [MASK]\n\n  \nbirds [MASK] loudly\r\n';
writeFileSync(join(folder, 'texts.txt'), lines);

interface Answer {
  readonly text: string;
  readonly masks: readonly (readonly { readonly token: string; readonly probability: number }[])[];
}
const fillMask = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await bertrand(folder, 'fill-mask', 'run', ...args);
  assert.is(code, 0, stderr);
  return stdout;
};

test('before: a run', async () => {
  const { code, stderr } = await bertrand(folder, 'pretrain', 'config.yaml', '--set', 'data.tokenizer.vocabSize=200');
  assert.is(code, 0, stderr);
});

test('each line of a file is a text, blank ones passed over, and is answered as if it were alone', async () => {
  const { texts } = JSON.parse(await fillMask('--file', 'texts.txt', '--json')) as { texts: Answer[] };
  assert.equal(
    texts.map(({ text, masks }) => [text, masks.length]),
    [
      ['the king [MASK] over [MASK]', 2],
      ['birds [MASK] loudly', 1],
    ],
  );
  const alone = JSON.parse(await fillMask('birds [MASK] loudly', '--json')) as Answer;
  assert.equal(
    texts[1].masks[0].map(({ token }) => token),
    alone.masks[0].map(({ token }) => token),
  );
  const plain = await fillMask('--file', 'texts.txt', '--top', '1');
  assert.match(
    plain,
    /^the king \[MASK\] over \[MASK\]\n\[MASK\] 1\n +\d+\.\d % {2}\S+\n\[MASK\] 2\n.*\nbirds \[MASK\] loudly\n.*%/,
  );
});

test('- takes the lines of the standard input', async () => {
  const { stdout } = await startWith('a [MASK]\n', folder, 'fill-mask', 'run', '-', '--json').ended;
  assert.is((JSON.parse(stdout) as { texts: Answer[] }).texts[0].text, 'a [MASK]');
});

test('a text may begin with a dash', async () => {
  const plain = JSON.parse(await fillMask('- [MASK] of', '--json')) as Answer;
  assert.is(plain.text, '- [MASK] of');
  const behind = JSON.parse(await fillMask('--json', '--', '--top [MASK]')) as Answer;
  assert.is(behind.text, '--top [MASK]');
});

test('--targets gives all these words and no others, likeliest first', async () => {
  const words = ['king', 'queen', 'people'];
  const { masks } = JSON.parse(
    await fillMask('the [MASK]', '--targets', 'king, queen,people,king', '--json'),
  ) as Answer;
  assert.equal(masks[0].map(({ token }) => token).toSorted(), words.toSorted());
  assert.ok(masks[0][0].probability >= masks[0][1].probability && masks[0][1].probability >= masks[0][2].probability);
  assert.ok(masks[0].reduce((sum, { probability }) => sum + probability, 0) < 1);
});

for (const [what, args, code, pattern] of [
  ['neither a text nor a file', [], 2, /^missing: <text>, .* --file; see `bertrand fill-mask --help`\n$/],
  ['both a text and a file', ['a [MASK]', '--file', 'texts.txt'], 2, /--file: there is a text as well/],
  ['a file that is not there', ['--file', 'nowhere.txt'], 1, /nowhere\.txt: cannot be read: .*no such file/],
  ['a line without [MASK]', ['--file', 'corpus.txt'], 1, /^corpus\.txt:1: the text has /],
  ['a target of several tokens', ['a [MASK]', '--targets', 'kings'], 2, /--targets: "kings" is \d tokens \(/],
  ['a target that is no word', ['a [MASK]', '--targets', 'king,,queen'], 2, /--targets: found an empty word/],
  ['a target outside the vocabulary', ['a [MASK]', '--targets', '@'], 2, /--targets: "@" is not in the vocabulary/],
] as const)
  test(`${what}: one clear error`, async () => {
    const found = await bertrand(folder, 'fill-mask', 'run', ...args);
    assert.is(found.code, code, found.stderr);
    assert.match(found.stderr, pattern);
    clear(found.stderr);
  });

test.run();
