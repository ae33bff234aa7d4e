import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tables } from '../../test/data/parquet/tables.ts';
import { writeSafetensors } from '../../src/train/run/safetensors/writeSafetensors.ts';
import { readSafetensors } from '../../src/train/run/safetensors/readSafetensors.ts';
import type { HostTensor } from '../../src/train/modelState.ts';
import { zipped } from '../../web/src/engine/storage/zip.ts';
import { trainedRun } from '../../test/train/trainedRun.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder with an intact file of every kind that strangers may send; everything that is read is in it. */
export async function intactFiles(): Promise<string> {
  const folder = await trainedRun(['checkpoint.keep=2']);
  const golden = join(root, 'test/golden/huggingFace/tied');
  for (const name of ['huggingFace', 'sharded']) {
    mkdirSync(join(folder, name));
    for (const file of ['config.json', 'vocab.txt']) cpSync(join(golden, file), join(folder, name, file));
    writeFileSync(join(folder, name, 'tokenizer_config.json'), '{"do_lower_case":true,"strip_accents":null}');
  }
  cpSync(join(golden, 'model.safetensors'), join(folder, 'huggingFace/model.safetensors'));
  shard(readFileSync(join(golden, 'model.safetensors')), join(folder, 'sharded'));
  for (const name of ['huggingFace', 'sharded'])
    writeFileSync(join(folder, `${name}.yaml`), `model: { from: ${JSON.stringify(join(folder, name))} }\n`);
  for (const name of ['tiny', 'sotu']) cpSync(join(root, `configs/${name}.yaml`), join(folder, `${name}.yaml`));
  cpSync(join(folder, 'run/config.yaml'), join(folder, 'resolved.yaml'));
  cpSync(join(folder, 'run/tokenizer.json'), join(folder, 'tokenizer.json'));
  cpSync(join(golden, 'vocab.txt'), join(folder, 'vocab.txt'));
  writeFileSync(join(folder, 'texts.txt'), 'the king [MASK] over land\n[MASK] birds sing\n[MASK] ΑΣ 漢字 ſ\n');
  const rows = ['the king rules over the land', 'and the birds sing of it'].flatMap((text) =>
    Array.from({ length: 40 }, (_, i) => ({ text, n: i })),
  );
  const jsonl = rows.map((row) => JSON.stringify(row)).join('\n');
  writeFileSync(join(folder, 'rows.jsonl'), jsonl);
  writeFileSync(join(folder, 'rows.csv'), ['n,text', ...rows.map(({ text, n }) => `${n},"${text}"`)].join('\n'));
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(jsonl));
  writeFileSync(join(folder, 'rows.parquet'), Buffer.from(tables.snappy, 'base64'));
  writeFileSync(join(folder, 'pages.parquet'), Buffer.from(tables.dictionary, 'base64'));
  writeFileSync(join(folder, 'run.zip'), zipped(filesBelow(join(folder, 'run'))));
  return folder;
}

function shard(bytes: Uint8Array, folder: string): void {
  const tensors = [...readSafetensors(bytes, 'golden').tensors] as [string, HostTensor][];
  const half = tensors.length >> 1;
  const parts = new Map([
    ['one.safetensors', new Map(tensors.slice(0, half))],
    ['two.safetensors', new Map(tensors.slice(half))],
  ]);
  for (const [name, part] of parts) writeFileSync(join(folder, name), writeSafetensors(part, { format: 'pt' }));
  const entries = [...parts].flatMap(([file, part]) => [...part.keys()].map((name) => [name, file]));
  const index = { metadata: {}, weight_map: Object.fromEntries(entries) as Record<string, string> };
  writeFileSync(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
}

/** The files of a folder by their paths in it. */
export function filesBelow(folder: string): Map<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]));
}
