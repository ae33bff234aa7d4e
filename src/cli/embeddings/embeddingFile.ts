import type { FileHandle } from 'node:fs/promises';
import type { NumberedText } from '../../data/labelled/readTexts.node.ts';
import { writeAtomically } from '../../data/store/writeAtomically.node.ts';
import type { EmbeddedTexts } from '../../train/embed/embedStream.ts';
import { NPY_HEADER, npyHeader, npyValues } from '../../train/embed/npy.ts';
import { printLine } from '../print/print.ts';

type Parts = AsyncIterable<EmbeddedTexts<NumberedText>>;

/** Float32 read back from so many digits is the same. */
const DIGITS = 9;
const ADVICE = 'choose another file with --out';

/** Writes a .npy file of (texts, columns), which appears once it is whole. */
export function writeNpy(path: string, parts: Parts, columns: number): Promise<void> {
  return replacing(path, async (file) => {
    let at = NPY_HEADER;
    for await (const { values } of parts) at += await put(file, npyValues(values), at);
    await put(file, npyHeader((at - NPY_HEADER) / (4 * columns), columns), 0);
  });
}

/** Writes a line of JSON for each text to a file, which appears once it is whole. */
export function writeJsonLines(path: string, parts: Parts): Promise<void> {
  return replacing(path, async (file) => {
    for await (const part of parts) for (const line of jsonLines(part)) await file.write(line);
  });
}

/** The same to the standard output, at the speed at which it is read. */
export async function printJsonLines(parts: Parts): Promise<void> {
  for await (const part of parts) for (const line of jsonLines(part)) await printLine(line);
}

function* jsonLines({ texts, values }: EmbeddedTexts<NumberedText>): Generator<string> {
  const columns = values.length / texts.length;
  for (const [i, { text }] of texts.entries()) {
    const row = values.subarray(i * columns, (i + 1) * columns);
    const embedding = Array.from(row, (value) => Number(value.toPrecision(DIGITS)));
    yield `${JSON.stringify({ text, embedding })}\n`;
  }
}

const replacing = (path: string, write: (file: FileHandle) => Promise<void>): Promise<void> =>
  writeAtomically(path, write, ADVICE);

/** @returns how many bytes: all */
async function put(file: FileHandle, bytes: Uint8Array, at: number): Promise<number> {
  let written = 0;
  while (written < bytes.length)
    written += (await file.write(bytes, written, bytes.length - written, at + written)).bytesWritten;
  return written;
}
