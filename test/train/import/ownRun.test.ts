import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bertTokenizerJson } from '../../../src/data/tokenizer/tokenizerJson.ts';
import { loadConfig } from '../../../src/train/config/loadConfig.node.ts';
import { presetNames } from '../../../src/bert/presets.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { loadPretrainConfig, resumedSource } from '../../../src/train/import/modelSource.node.ts';

import { readParameters } from '../../../src/train/modelState.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { smallRun } from '../smallRun.ts';
import { begun } from './begun.ts';

const root = temporaryFolder({ 'new.yaml': 'out: OUT\ntrain: { steps: 5 }' });

for (const preset of presetNames)
  test(`${preset}: a model begins with a run's weights, or with those of a checkpoint`, async () => {
    const run = await smallRun(root, preset, [`model.preset=${preset}`, 'model.normEpsilon=1e-4']);
    const { tensors } = await openTrained(run);
    for (const from of [run, join(run, 'checkpoints', 'step-00000010')]) {
      const { model, notices } = await begun(from, 'model.dropout=0', 'model.maxLength=auto');
      assert.equal(await readParameters(model.parameters), tensors);
      assert.equal(notices, []);
      assert.equal([model.options.normEpsilon, model.options.maxLength, model.options.dropout], [1e-4, 16, 0]);
    }
  });

test("the new config keeps its own training, and takes the run's preset, tokenizer and sequence length", () => {
  const from = join(root, 'modern');
  const config = loadPretrainConfig(join(root, 'new.yaml'), [`model.from=${from}`, 'data.corpus=[other.txt]']);
  assert.equal([config.train.steps, config.data.corpus], [5, ['other.txt']]);
  assert.equal([config.model.preset, config.data.sequenceLength], ['modern', 16]);
  assert.is(config.data.tokenizer, join(from, 'tokenizer.json'));
  assert.is(config.data.masking.probability, 0.3); // modern's
});

test('a run that began so knows all by itself: its config loads back, and it resumes without the folder', () => {
  const from = join(root, 'bert');
  const config = loadPretrainConfig(join(root, 'new.yaml'), [`model.from=${from}`, 'model.maxLength=20']);
  assert.equal(resolveConfig(toYaml(config), 'config.yaml'), config);
  const out = temporaryFolder({ 'config.yaml': toYaml(config) });
  writeFileSync(join(root, 'gone.yaml'), `out: ${JSON.stringify(out)}\ntrain: { steps: 5 }`);
  const settings = ['model.from=nowhere'];
  writeFileSync(join(out, 'config.yaml'), toYaml({ ...config, out, model: { ...config.model, from: 'nowhere' } }));
  const resumed = loadConfig(join(root, 'gone.yaml'), [...settings, 'model.maxLength=20'], resumedSource);
  assert.equal(resumed, { ...config, out, model: { ...config.model, from: 'nowhere' } });
});

test('a config may still say how the tokenizer of the run was made, that it may be used again for the next run', async () => {
  const from = join(root, 'bert');
  const { vocabSize } = loadConfig(join(from, 'config.yaml')).data.tokenizer as { vocabSize: number };
  const asked = (...more: string[]): string[] => [`model.from=${from}`, ...more];
  const same = asked(`data.tokenizer.vocabSize=${vocabSize}`, 'data.tokenizer.lowercase=true');
  const config = loadPretrainConfig(join(root, 'new.yaml'), same);
  assert.is(config.data.tokenizer, join(from, 'tokenizer.json'));
  const other = asked('data.tokenizer.vocabSize=777', 'data.tokenizer.lowercase=true');
  assert.match(
    await messageOf(() => loadPretrainConfig(join(root, 'new.yaml'), other)),
    `data.tokenizer.vocabSize: found 777; expected ${vocabSize}, as in model.from, ${from}; remove it`,
  );
  const out = temporaryFolder({ 'config.yaml': toYaml(config) });
  writeFileSync(join(root, 'again.yaml'), `out: ${JSON.stringify(out)}\ntrain: { steps: 5 }`);
  const again = loadConfig(join(root, 'again.yaml'), same, resumedSource);
  assert.equal(again, { ...config, out });
  await messageOf(() => loadConfig(join(root, 'again.yaml'), other, resumedSource));
});

test('positions of learned tables and of the sinusoid are extended alike', async () => {
  for (const preset of ['bert', 'diagram']) {
    const from = join(root, preset);
    assert.match(
      await messageOf(() => begun(from, 'data.sequenceLength=32')),
      /model\.maxLength, which is 16; lower it/,
    );
    const { model } = await begun(from, 'data.sequenceLength=32', 'model.maxLength=32');
    assert.is(model.options.maxLength, 32);
  }
});

test('where no files can be read, model.from is refused', async () => {
  const message = await messageOf(() => resolveConfig('model: { from: somewhere }', 'page.yaml'));
  assert.match(message, /page\.yaml:1:\d+: model\.from: found the text "somewhere"; expected no such key/);
});

for (const [what, damage, pattern] of [
  ['nothing', (run: string) => rmSync(run, { recursive: true }), /found nothing; expected a run's folder/],
  [
    'a damaged checkpoint',
    (run: string) => appendFileSync(join(run, 'checkpoints/step-00000010/model.safetensors'), 'x'),
    /not intact/,
  ],
  [
    'a tokenizer of another size',
    (run: string) => {
      const tokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'a'];
      writeFileSync(join(run, 'tokenizer.json'), JSON.stringify(bertTokenizerJson(tokens, { lowercase: true })));
    },
    /encoder\.Embedding\.token has the shape \(27, 16\); expected \(6, 16\)/,
  ],
] as const)
  test(`${what} in place of a run: one clear error`, async () => {
    const run = await smallRun(root, what.replaceAll(' ', '-'), []);
    damage(run);
    const message = await messageOf(() => begun(run));
    assert.match(message, pattern);
    assert.match(message, run);
  });

test.run();
