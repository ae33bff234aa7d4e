import { readFileSync } from 'node:fs';
import type { Writer } from './storedState.ts';

/** This Bertrand, in this Node. */
export function writer(): Writer {
  const file = new URL('../../../../package.json', import.meta.url); // as far from src/train/run/checkpoint as from dist/train/run/checkpoint
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return { bertrand: version, node: process.version };
}
