/**
 * Writes configs/schema.json and configs/finetune-schema.json, by which editors complete and check the files of configs/:
 * `node --import tsx scripts/schema.ts`.
 */
import { writeFileSync } from 'node:fs';
import { format } from 'oxfmt';
import { jsonSchema } from '../src/train/config/jsonSchema.ts';
import { finetuneSchema } from '../src/train/finetune/config/finetuneConfig.ts';

for (const [name, schema] of [
  ['schema.json', jsonSchema],
  ['finetune-schema.json', finetuneSchema],
] as const) {
  const { code } = await format(name, JSON.stringify(schema), { printWidth: 120 });
  writeFileSync(new URL(`../configs/${name}`, import.meta.url), code);
}
