/** Writes configs/schema.json, by which editors complete and check the files of configs/: `node --import tsx scripts/schema.ts`. */
import { writeFileSync } from 'node:fs';
import { format } from 'oxfmt';
import { jsonSchema } from '../src/train/config/jsonSchema.ts';

const { code } = await format('schema.json', JSON.stringify(jsonSchema), { printWidth: 120 });
writeFileSync(new URL('../configs/schema.json', import.meta.url), code);
