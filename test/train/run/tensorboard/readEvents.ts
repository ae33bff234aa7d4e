import { readFileSync } from 'node:fs';

/**
 * A small reader of TensorBoard's event files, written from the formats' descriptions alone and sharing nothing with the writer:
 * records as on tensorflow.org/tutorials/load_data/tfrecord, messages by protobuf's encoding (protobuf.dev).
 */
export interface ReadEvent {
  readonly seconds: number;
  readonly step: number;
  readonly version?: string;
  /** Of a session log. */
  readonly status?: number;
  readonly scalars: Readonly<Record<string, number>>;
}

/** One bit after another, as the definition has it. */
export function plainCrc32c(bytes: Uint8Array): number {
  let sum = 0xffffffffn;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ 0x82f63b78n : sum >> 1n;
  }
  return Number(sum ^ 0xffffffffn);
}

const masked = (sum: number): number => {
  const [wide, turn] = [BigInt(sum), 2n ** 32n];
  return Number(((wide >> 15n) + ((wide * 2n ** 17n) % turn) + 0xa282ead8n) % turn);
};

export function readEvents(path: string): ReadEvent[] {
  const bytes = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (bytes.readUInt32LE(at + 8) !== masked(plainCrc32c(bytes.subarray(at, at + 8))))
      throw new Error('wrong sum of a length');
    const data = bytes.subarray(at + 12, at + 12 + length);
    if (bytes.readUInt32LE(at + 12 + length) !== masked(plainCrc32c(data))) throw new Error('wrong sum of data');
    events.push(eventOf(data));
    at += length + 16;
  }
  return events;
}

type Value = number | Buffer;

/** The fields of a message, in their order. */
function fieldsOf(data: Buffer): [number, Value][] {
  const fields: [number, Value][] = [];
  let at = 0;
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = data[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  const take = (size: number): Buffer => data.subarray(at, (at += size));
  while (at < data.length) {
    const tag = varint();
    const kinds: Readonly<Record<number, () => Value>> = {
      0: varint,
      1: () => take(8).readDoubleLE(),
      2: () => take(varint()),
      5: () => take(4).readFloatLE(),
    };
    fields.push([tag >> 3, kinds[tag & 7]()]);
  }
  return fields;
}

function eventOf(data: Buffer): ReadEvent {
  const fields = new Map(fieldsOf(data));
  const inner = (number: number): [number, Value][] =>
    fieldsOf((fields.get(number) as Buffer | undefined) ?? Buffer.alloc(0));
  const version = fields.get(3) as Buffer | undefined;
  const status = new Map(inner(7)).get(1) as number | undefined;
  const scalars = inner(5).map(([number, value]) => {
    if (number !== 1) throw new Error(`a summary has the field ${number}`);
    const of = new Map(fieldsOf(value as Buffer));
    return [(of.get(1) as Buffer).toString('utf8'), of.get(2) as number] as const;
  });
  return {
    seconds: fields.get(1) as number,
    step: (fields.get(2) as number | undefined) ?? 0,
    ...(version ? { version: version.toString('utf8') } : {}),
    ...(status === undefined ? {} : { status }),
    scalars: Object.fromEntries(scalars),
  };
}

/** What TensorBoard shows of a tag after it has read these files in their order: a START forgets that step and later ones. */
export function shownBy(paths: readonly string[], tag: string): [number, number][] {
  let shown: [number, number][] = [];
  for (const { step, status, scalars } of paths.flatMap(readEvents)) {
    if (status === 1) shown = shown.filter(([at]) => at < step);
    if (tag in scalars) shown.push([step, scalars[tag]]);
  }
  return shown;
}
