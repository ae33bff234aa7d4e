import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { inLine, visible } from '../../src/cli/print/print.ts';
import { LiveOutput } from '../../src/cli/progress/output.ts';
import { sha256 } from '../../src/data/digest.ts';
import { parseState, stateText } from '../../src/train/run/checkpoint/storedState.ts';
import { bertrand, workFolder } from './commandLine.ts';

test('what a terminal would obey is shown as an escape, and nothing else is changed', () => {
  assert.is(visible('a\u001B[31mb\rc\u009B1m\u202Ed'), 'a\\u001b[31mb\\u000dc\\u009b1m\\u202ed');
  const plain = 'lines\n\tand tabs, é, 中, שלום, \u200C, 🙂';
  assert.is(visible(plain), plain);
  assert.is(inLine('a\n\tb'), 'a\\u000a\\u0009b');
});

test('escaped JSON is still the same JSON', () => {
  const text = JSON.stringify({ token: '\u001B[31m\u0085\u202E\n"' }, null, 2);
  assert.equal(JSON.parse(visible(text)), JSON.parse(text));
});

test('progress lines show what they are given, too', () => {
  let written = '';
  const live = new LiveOutput({ isTTY: true, write: (text: string) => (written += text) }, () => 0);
  live.show(() => 'a\u001B[31mb\n');
  live.print('c\u001B]0;title\u0007');
  assert.ok(written.includes('a\\u001b[31mb\\u000a') && written.includes('c\\u001b]0;title\\u0007\n'), written);
});

test('the words of a vocabulary reach no terminal with their escapes', async () => {
  const folder = workFolder();
  const made = await bertrand(folder, 'pretrain', 'config.yaml', '--set', 'train.steps=1', '--device', 'cpu');
  assert.is(made.code, 0, made.stderr);
  const file = join(folder, 'run/tokenizer.json');
  const text = readFileSync(file, 'utf8');
  assert.match(text, /"##s"/);
  const forged = text.replace('"##s"', '"##\\u001b[31m\\ns"');
  writeFileSync(file, forged);
  const stateFile = join(folder, 'run/checkpoints/step-00000001/state.json');
  const { state, versions, files } = await parseState(readFileSync(stateFile, 'utf8'));
  writeFileSync(stateFile, await stateText({ ...state, tokenizer: await sha256(forged) }, files, versions as never));
  const { stdout, stderr } = await bertrand(folder, 'fill-mask', 'run', '[MASK]', '--top', '60', '--device', 'cpu');
  const all = stdout + stderr;
  assert.not(all.includes('\u001B'));
  assert.match(all, /\\u001b\[31m/);
});

test.run();
