import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { allPaths, jsonSchema, keysAt, schemaAt } from '../../../src/train/config/jsonSchema.ts';

test('configs/schema.json is fresh: if not, run node --import tsx scripts/schema.ts', () => {
  const written: unknown = JSON.parse(readFileSync(new URL('../../../configs/schema.json', import.meta.url), 'utf8'));
  assert.equal(written, JSON.parse(JSON.stringify(jsonSchema)));
});

test('the schema lets every key be left out and no other be added', () => {
  for (const path of ['', ...allPaths()].filter((path) => keysAt(path))) {
    const schema = schemaAt(path) as { required?: unknown; additionalProperties?: unknown; anyOf?: object[] };
    const [section] = (schema.anyOf ?? [schema]).filter((schema) => 'properties' in schema) as (typeof schema)[];
    assert.is(section.required, undefined, path);
    assert.is(section.additionalProperties, false, path);
  }
});

test('paths lead to what the table says of them', () => {
  assert.is(schemaAt('data.tokenizer.vocabSize')?.minimum, 6);
  assert.is(schemaAt('train.optimizer.betas.1')?.exclusiveMaximum, 1);
  assert.equal(schemaAt('model.norm')?.enum, ['pre', 'post']);
  assert.is(schemaAt('model.constructor'), undefined);
  assert.equal(keysAt('log'), ['every', 'tensorboard']);
  assert.is(keysAt('seed'), undefined);
});

test.run();
