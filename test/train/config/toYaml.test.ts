import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { presetNames } from '../../../src/bert/presets.ts';
import { allPaths, schemaAt } from '../../../src/train/config/jsonSchema.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';

const loadsBack = (text: string, ...settings: string[]): void => {
  const config = resolveConfig(text, 'a.yaml', settings);
  assert.equal(resolveConfig(toYaml(config), 'b.yaml'), config);
};

for (const preset of presetNames)
  test(`preset ${preset} loads back equal`, () => loadsBack(`model: { preset: ${preset} }`));

test('values that YAML could read as something else load back equal', () => {
  for (const out of ['true', '1', '1e3', 'a: b', '# c', ' x ', 'é\n"q"', '~', '- x', 'long '.repeat(60)])
    loadsBack('{}', `out=${JSON.stringify(out)}`, `data.corpus=[${JSON.stringify(out)}]`, 'data.tokenizer=t.json');
  loadsBack('model: { normEpsilon: 1e-30, dropout: 0, dropoutAt: [], initialisation: { linear: 0.02 } }');
  loadsBack('train: { schedule: { warmup: 7 }, optimizer: { learningRate: 0.1234567890123456 } }\ncpu: { threads: 3 }');
});

test('each key stands beside its line of documentation', () => {
  const lines =
    toYaml(resolveConfig('{}', 'a.yaml')) + toYaml(resolveConfig('{}', 'a.yaml', ['data.tokenizer={ vocab: v.txt }']));
  for (const path of allPaths()) assert.ok(lines.includes(`# ${schemaAt(path)?.description}\n`), path);
  assert.match(lines, /^ {2}steps: 1000 # Optimizer steps; none where tokens/m);
});

test('a long value stays on its line', () => {
  const corpus = Array.from({ length: 20 }, (_, i) => `folder/${i}.txt`).join(', ');
  assert.ok(toYaml(resolveConfig(`data: { corpus: [${corpus}] }`, 'a.yaml')).includes(`corpus: [${corpus}] #`));
});

test.run();
