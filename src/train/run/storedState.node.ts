import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Json, JsonObject, TrainingState, Versions } from './checkpoint.ts';

/** The layout that this version of Bertrand writes, and the only one it reads. */
export const LAYOUT = 1;

export interface FileRecord extends JsonObject {
  readonly size: number;
  readonly sha256: string;
}

/** What state.json tells. */
export interface StoredState {
  readonly state: TrainingState;
  readonly versions: Versions;
  readonly files: Readonly<Record<string, FileRecord>>;
}

/** The text of state.json; its last member is the SHA-256 of all before it, so that it vouches for itself too. */
export function stateText(state: TrainingState, files: Readonly<Record<string, FileRecord>>): string {
  const content = {
    ...state,
    versions: { bertrand: bertrandVersion(), node: process.version, checkpoint: LAYOUT },
    files,
  };
  return `${JSON.stringify({ ...content, sha256: digest(content) }, undefined, 2)}\n`;
}

/** Reads state.json; throws an Error that says what is wrong with it. */
export function parseState(text: string): StoredState {
  const { sha256, ...content } = JSON.parse(text) as Record<string, Json>;
  if (sha256 !== digest(content)) throw new Error('its content does not match its SHA-256');
  const { versions, files, ...state } = content as unknown as TrainingState & StoredState; // as written: the hash fits
  if (versions.checkpoint !== LAYOUT)
    throw new Error(
      `it has layout ${versions.checkpoint}, written by Bertrand ${versions.bertrand}; this version reads layout ${LAYOUT}`,
    );
  return { state, versions, files };
}

const digest = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

function bertrandVersion(): string {
  const file = new URL('../../../package.json', import.meta.url); // as far from src/train/run as from dist/train/run
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
