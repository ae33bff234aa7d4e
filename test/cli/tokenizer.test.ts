import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertrand, clear, workFolder } from './commandLine.ts';

const folder = workFolder();

test('tokenizer train takes accents, capitals and a limit of the alphabet', async () => {
  writeFileSync(join(folder, 'german.txt'), 'Das ist Schön schon '.repeat(20));
  const train = async (...options: string[]): Promise<Record<string, number>> => {
    const { code, stderr } = await bertrand(
      folder, 'tokenizer', 'train', '--corpus', 'german.txt', '--vocab-size', '60', '--out', 'german.json', ...options,
    ); // prettier-ignore
    assert.is(code, 0, stderr);
    const { model } = JSON.parse(readFileSync(join(folder, 'german.json'), 'utf8')) as {
      model: { vocab: Record<string, number> };
    };
    return model.vocab;
  };
  assert.not('schön' in (await train()));
  assert.ok('schön' in (await train('--no-strip-accents')));
  assert.ok('Schon' in (await train('--no-lowercase', '--strip-accents')));
  assert.is(Object.keys(await train('--limit-alphabet', '1')).filter((token) => /^\p{L}$/u.test(token)).length, 1);
});

test('tokenizer train on words that are all too long is an error', async () => {
  writeFileSync(join(folder, 'dna.txt'), `${'ACGT'.repeat(30)}\n`.repeat(5));
  const { code, stderr } = await bertrand(
    folder,
    'tokenizer',
    'train',
    '--corpus',
    'dna.txt',
    '--vocab-size',
    '60',
    '--out',
    'dna.json',
  );
  assert.is(code, 1);
  assert.match(stderr, /no word of at most 100 characters .* all 5 are longer; put spaces/);
  clear(stderr);
});

test('tokenizer train writes a tokenizer.json that a config can name', async () => {
  const made = await bertrand(
    folder,
    'tokenizer',
    'train',
    '--corpus',
    'corpus.txt',
    '--vocab-size',
    '50',
    '--out',
    'tokenizer.json',
  );
  assert.is(made.code, 0, made.stderr);
  const { code, stdout, stderr } = await bertrand(
    folder,
    'summary',
    'config.yaml',
    '--set',
    'data.tokenizer=tokenizer.json',
  );
  assert.is(code, 0, stderr);
  assert.match(stdout, /Attention/);
});

test('tokenizer train replaces nothing that is no file', async () => {
  const train = ['tokenizer', 'train', '--corpus', 'corpus.txt', '--vocab-size', '50', '--out'];
  symlinkSync('/dev/null', join(folder, 'null.json'));
  mkdirSync(join(folder, 'run'));
  for (const [out, what] of [
    ['null.json', 'a device or a pipe'],
    ['run', 'a folder'],
  ] as const) {
    const { code, stderr } = await bertrand(folder, ...train, out);
    assert.is(code, 1);
    assert.match(stderr, new RegExp(`^cannot write .*${out}: it is ${what}; choose another --out\\n$`));
  }
});

test.run();
