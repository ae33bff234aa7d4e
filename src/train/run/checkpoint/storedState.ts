import { sha256 } from '../../../data/digest.ts';
import type { Json, JsonObject, TrainingState, Versions } from './checkpoint.ts';

/** The layout that this version of Bertrand writes, and the only one it reads. */
const LAYOUT = 1;

export interface FileRecord extends JsonObject {
  readonly size: number;
  readonly sha256: string;
}

/** What state.json holds. */
export interface StoredState {
  readonly state: TrainingState;
  readonly versions: Versions;
  readonly files: Readonly<Record<string, FileRecord>>;
}

/**
 * The text of state.json; its last member is the SHA-256 of all before it, so that it vouches for itself too.
 * @param writer who writes: Bertrand's version, and that of Node or the browser
 */
export async function stateText(
  state: TrainingState,
  files: Readonly<Record<string, FileRecord>>,
  writer: Writer,
): Promise<string> {
  const content = { ...state, versions: { ...writer, checkpoint: LAYOUT }, files };
  return `${JSON.stringify({ ...content, sha256: await digest(content) }, undefined, 2)}\n`;
}

export type Writer = Readonly<Record<string, string>> & { readonly bertrand: string };

/** Reads state.json; throws an Error that says what is wrong with it. */
export async function parseState(text: string): Promise<StoredState> {
  const { sha256, ...content } = JSON.parse(text) as Record<string, Json>;
  if (sha256 !== (await digest(content))) throw new Error('its content does not match its SHA-256');
  const { versions, files, ...state } = content as unknown as TrainingState & StoredState; // as written: the hash fits
  if (versions.checkpoint !== LAYOUT)
    throw new Error(
      `it has layout ${versions.checkpoint}, written by Bertrand ${versions.bertrand}; this version reads layout ${LAYOUT}`,
    );
  return { state, versions, files };
}

const digest = (content: object): Promise<string> => sha256(JSON.stringify(content));
