import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { allPaths, keysAt, schemaAt } from '../../../src/train/config/jsonSchema.ts';
import { finetuneSchema, resolveFinetune } from '../../../src/train/finetune/config/finetuneConfig.ts';
import { linesOf } from '../config/problemsOf.ts';

const source = {
  fixed: { model: { preset: 'bert', layers: 2, embeddingSize: 16, heads: 2, segments: 2 } as const, data: {} },
  maxLength: 32,
  defaults: { data: { sequenceLength: 32 } },
};
const resolve = (text: string) => resolveFinetune(text, 'a.yaml', [], [], () => source);

test('configs/finetune-schema.json is fresh: if not, run node --import tsx scripts/schema.ts', () => {
  const file = new URL('../../../configs/finetune-schema.json', import.meta.url);
  assert.equal(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(JSON.stringify(finetuneSchema)));
});

test('every key has a line of documentation and a default', () => {
  for (const path of allPaths('', finetuneSchema)) {
    const schema = schemaAt(path, finetuneSchema);
    assert.match(schema?.description ?? '', /^\S.{7,}[^.]$/, path);
    if (!keysAt(path, finetuneSchema)) assert.ok('default' in (schema ?? {}), path);
  }
});

test('the model is that of model.from, and a resolved config gives itself', () => {
  const config = resolve('model: { from: runs/x }');
  assert.is(config.model.layers, 2);
  assert.is(config.model.norm, 'post');
  assert.is(config.model.maxLength, 32);
  assert.is(config.data.sequenceLength, 32);
  assert.equal(resolveFinetune(toYaml(config, finetuneSchema), 'b.yaml'), config);
});

for (const [text, problem] of [
  ['task: words', /^a\.yaml:1:7: task: found the text "words"; expected sequence or token/],
  ['data: { tran: [a] }', /^a\.yaml:1:9: data\.tran: .*rename it to train/],
  ['train: { steps: 3 }', /^a\.yaml:1:10: train\.steps: found the unknown key/],
  ['train: { freeze: { blocks: 3 } }', /train\.freeze\.blocks: found 3; expected at most 2/],
  ['train: { classWeights: [1, 2] }', /train\.classWeights: .*expected data\.labels, whose order it follows/],
  [
    'data: { labels: [a, b, c] }\ntrain: { classWeights: [1, 2] }',
    /a\.yaml:2:\d+: train\.classWeights: found a list of 2; expected 3, one for each/,
  ],
  ['train: { classWeights: [1, x] }', /train\.classWeights\.1: found the text "x"; expected a number from/],
  ['data: { labels: [a, a] }', /data\.labels: .*expected each label once/],
  ['validate: { metric: entityF1 }', /validate\.metric: .*expected a metric of task sequence; write macroF1/],
  ['task: token\ndata: { pair: b }', /data\.pair: .*expected none, as task is token/],
  ['data: { sequenceLength: 64 }', /data\.sequenceLength: found 64; expected at most the model's positions/],
  ['model: { layers: 3 }', /model\.layers: found 3; expected 2, as in model\.from/],
] as const)
  test(`${text.replaceAll('\n', ' ')} is told with line and column`, () => {
    assert.match(linesOf(() => resolve(text))[0], problem);
  });

test.run();
