import { presetNames } from '../../bert/presets.ts';
import { allPaths, jsonSchema, keysAt, schemaAt } from '../../train/config/jsonSchema.ts';
import type { JsonSchema } from '../../train/config/jsonSchema.ts';
import { join, keysOf, valueAt } from '../../train/config/path.ts';
import { expectation } from '../../train/config/problems/expectation.ts';
import { unknownKey } from '../../train/config/problems/unknownKey.ts';
import { presetDefaults } from '../../train/config/table/presetDefaults.ts';
import { finetuneSchema } from '../../train/finetune/config/finetuneConfig.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { print } from '../print/print.ts';

export const configCommand = command(
  'config [key]',
  'Explain the keys of a config: what they mean, take and are by default',
  (cli) =>
    cli
      .positional('key', { type: 'string', describe: 'A key or a section, such as train.steps or data; left out: all' })
      .option('finetune', { type: 'boolean', default: false, describe: 'Those of a config of finetune' }),
  ({ key = '', finetune }) => {
    const schema = finetune ? finetuneSchema : jsonSchema;
    expectKey(key, schema);
    const keys = [...(key === '' ? [] : [key]), ...allPaths(key, schema)];
    print(keys.map((path) => explanation(path, schema, key !== '' && keys.length === 1)).join('\n'));
    return Promise.resolve(0);
  },
);

function expectKey(key: string, schema: JsonSchema): void {
  let section = '';
  for (const part of keysOf(key)) {
    if (!keysAt(section, schema)?.includes(part)) {
      const place = { text: key, order: 0 };
      const { found, expected, advice, meant } = unknownKey(section, part, place, schema);
      throw new UsageError(`${key}: found ${found}; expected ${expected}`, {
        advice: meant === undefined ? advice : `did you mean ${meant}?`,
      });
    }
    section = join(section, part);
  }
}

/** A key in a few lines, or a section as a heading. */
function explanation(path: string, root: JsonSchema, alone: boolean): string {
  const schema = schemaAt(path, root) ?? {};
  const isSection = schema.properties !== undefined;
  if (isSection) return `${path === '' || alone ? '' : '\n'}${path}: ${schema.description ?? ''}`;
  const presets = presetNames.flatMap((preset) => {
    const value = valueAt(presetDefaults(preset), path);
    return value === undefined || same(value, schema.default) ? [] : [`${JSON.stringify(value)} with preset ${preset}`];
  });
  const shown =
    schema.default === undefined ? [] : [`default ${[JSON.stringify(schema.default), ...presets].join(', ')}`];
  return [`  ${path}`, `      ${schema.description ?? ''}`, `      ${[expectation(schema), ...shown].join('; ')}`].join(
    '\n',
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
