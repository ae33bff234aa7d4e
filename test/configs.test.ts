import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveFinetune } from '../src/train/finetune/config/finetuneConfig.ts';
import { bertrand, workFolder } from './cli/commandLine.ts';

const configs = fileURLToPath(new URL('../configs', import.meta.url));
const folder = workFolder();
const cache = fileURLToPath(new URL('../.bertrand', import.meta.url)); // encoded once for all test runs

const isFinetuning = (file: string): boolean => file.startsWith('finetune-');

for (const file of readdirSync(configs).filter((name) => name.endsWith('.yaml'))) {
  test(`${file} says what it is for and about how long it takes`, () => {
    const comments = readFileSync(join(configs, file), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('#'))
      .join(' ');
    assert.match(comments, /second|minute|hour|evening/);
  });

  if (isFinetuning(file)) {
    test(`${file} is a config of fine-tuning`, () => {
      const text = readFileSync(join(configs, file), 'utf8');
      const source = { fixed: { model: {}, data: {} }, maxLength: 32, defaults: {} };
      const config = resolveFinetune(text, file, [], [], () => source);
      assert.is(config.model.maxLength, 64);
    });
    continue;
  }

  test(`${file} trains for two steps`, async () => {
    const set = ['train.steps=2', 'log.every=1', 'validate.batches=1', `data.cache=${cache}`].flatMap((setting) => [
      '--set',
      setting,
    ]);
    const { code, stderr } = await bertrand(
      folder,
      'pretrain',
      join(configs, file),
      '--device',
      'cpu',
      '--out',
      file,
      ...set,
    );
    assert.is(code, 0, stderr);
    const events = readFileSync(join(folder, file, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; loss: number });
    assert.equal(
      events.map(({ event }) => event),
      ['start', 'train', 'train', 'validate', 'checkpoint', 'end'],
    );
    for (const { event, loss } of events)
      assert.ok(!['train', 'validate'].includes(event) || Number.isFinite(loss), event);
  });
}

test.run();
