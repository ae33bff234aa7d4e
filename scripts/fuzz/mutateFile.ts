import { createHash } from 'node:crypto';
import { unzipSync, zipSync } from 'fflate';
import { FIELD_BYTES, HEADER_BYTES } from '../../src/data/store/header.ts';
import { mutateBytes } from './mutateBytes.ts';
import { mutateJson } from './mutateJson.ts';
import { mutateYaml } from './mutateYaml.ts';
import type { Draws } from './random.ts';
import { signed } from './vouch.ts';

/** A stranger's file, changed in its bytes or, two times out of three, within its format, so that not every change is found at once. */
export function mutateFile(name: string, intact: Uint8Array, draws: Draws, others: readonly Uint8Array[]): Uint8Array {
  const within = Object.entries(FORMATS).find(([ending]) => name.endsWith(ending))?.[1];
  if (within && draws.chance(2 / 3)) return within(intact, draws, others);
  return mutateBytes(intact, draws, others);
}

type Change = (intact: Uint8Array, draws: Draws, others: readonly Uint8Array[]) => Uint8Array;

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
const json: Change = (intact, draws) => Buffer.from(mutateJson(JSON.parse(textOf(intact)), draws));

const FORMATS: Readonly<Record<string, Change>> = {
  'state.json': (intact, draws) => signed(textOf(json(intact, draws, []))),
  '.json': json,
  '.yaml': (intact, draws) => Buffer.from(mutateYaml(textOf(intact), draws)),
  '.jsonl'(intact, draws) {
    const lines = textOf(intact).trimEnd().split('\n');
    const at = draws.below(lines.length);
    lines[at] = mutateJson(JSON.parse(lines[at]), draws);
    return Buffer.from(lines.join('\n'));
  },
  '.safetensors'(intact, draws) {
    const bytes = Buffer.from(intact);
    const end = 8 + Number(bytes.readBigUInt64LE());
    const header = Buffer.from(mutateJson(JSON.parse(textOf(bytes.subarray(8, end))), draws));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, header, bytes.subarray(end)]);
  },
  '.bin'(intact, draws, others) {
    const bytes = Buffer.from(mutateBytes(intact, draws, others));
    if (bytes.length < HEADER_BYTES) return bytes;
    const fields = bytes.subarray(0, FIELD_BYTES);
    createHash('sha256').update(bytes.subarray(HEADER_BYTES)).update(fields).digest().copy(bytes, FIELD_BYTES);
    return bytes;
  },
  '.zip'(intact, draws, others) {
    const files = unzipSync(intact);
    const name = draws.pick(Object.keys(files));
    files[name] = Uint8Array.from(mutateFile(name, files[name], draws, others));
    return zipSync(files);
  },
};
