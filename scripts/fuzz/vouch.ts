import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A state.json with any content, whose own checksum is right. */
export function signed(text: string): Buffer {
  try {
    const { sha256: _, ...content } = JSON.parse(text) as Record<string, unknown>;
    return Buffer.from(JSON.stringify({ ...content, sha256: sumOf(JSON.stringify(content)) }));
  } catch {
    return Buffer.from(text);
  }
}

/** Makes a checkpoint's state.json vouch for its files as they are, and say nothing of config and text, as old versions did. */
export function vouch(checkpoint: string): void {
  const file = join(checkpoint, 'state.json');
  const { config: _, tokenizer: __, corpus: ___, ...state } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>; // prettier-ignore
  const sums = ['model.safetensors', 'optimizer.safetensors'].map((name) => {
    const bytes = readFileSync(join(checkpoint, name));
    return [name, { size: bytes.length, sha256: sumOf(bytes) }];
  });
  const kept = join(checkpoint, '../../validation.safetensors');
  const validation = existsSync(kept) ? { validation: sumOf(readFileSync(kept)) } : {};
  writeFileSync(file, signed(JSON.stringify({ ...state, ...validation, files: Object.fromEntries(sums) as unknown })));
}

const sumOf = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
