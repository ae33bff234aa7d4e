import { pipeline, Readable } from 'node:stream';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { BertrandError } from '../../error.ts';
import { byBeginning } from './byBeginning.ts';
import { expectTextGrowth } from './growth.ts';
import { zstdFrames } from './zstdFrames.ts';
import { signatureOf } from './signatures.ts';

/** Newer than the types of the oldest Node that is supported: from 22.15 on. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };

const PACKINGS = {
  gzip: { open: (): Transform => zlib.createGunzip(), program: 'gunzip' },
  zstd: { open: createZstdDecompress, program: 'unzstd' },
} as const;
type Packing = keyof typeof PACKINGS;

const isPacking = (name: string | undefined): name is Packing => name !== undefined && Object.hasOwn(PACKINGS, name);

/** A file's name without the ending that says how it is packed. */
export const unpackedName = (name: string): string => name.replace(/\.(?:gz|gzip|zst|zstd)$/i, '');

/**
 * The bytes as they come, unpacked if they begin as gzip or zstd do, whatever the file's name.
 * @throws BertrandError that names the file where it is damaged, cut short or grows as no text does
 */
export function unpacked(bytes: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  return byBeginning(bytes, (beginning, _, all) => {
    const packing = signatureOf(beginning);
    return isPacking(packing) ? unpack(all, packing, name) : all;
  });
}

async function* unpack(bytes: AsyncIterable<Uint8Array>, packing: Packing, name: string): AsyncGenerator<Uint8Array> {
  const { open, program } = PACKINGS[packing];
  if (!open)
    throw new BertrandError(`${name}: compressed with ${packing}, which this Node (${process.version}) does not read`, {
      advice: `use Node 22.15 or later, or unpack it first: ${program}`,
    });
  let [taken, given] = [0, 0];
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      taken += chunk.length;
      yield chunk;
    }
  };
  const unpacking = open();
  const input = packing === 'zstd' ? zstdFrames(counted()) : counted();
  pipeline(Readable.from(input, { objectMode: false }), unpacking, () => {}); // what fails is thrown below
  try {
    for await (const chunk of unpacking as AsyncIterable<Uint8Array>) {
      given += chunk.length;
      expectTextGrowth(given, taken, name, `unpack it first: ${program}`);
      yield chunk;
    }
  } catch (error) {
    throw isDamage(error) ? damaged(error, packing, name) : error;
  }
}

interface Damage extends Error {
  readonly code: string;
}

const isDamage = (error: unknown): error is Damage =>
  error instanceof Error && 'code' in error && /^(?:Z_|ZSTD_)/.test(String(error.code));

function damaged({ code, message }: Damage, packing: Packing, name: string): BertrandError {
  const what = code === 'Z_BUF_ERROR' ? 'end too early' : `are damaged (${message})`;
  return new BertrandError(`${name}: its ${packing} data ${what}`, { advice: 'fetch or pack it again' });
}
