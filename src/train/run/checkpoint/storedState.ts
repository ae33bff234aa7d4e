import { z } from 'zod';
import { sha256 } from '../../../data/digest.ts';
import { parseShallowJson } from '../../../data/shallowJson.ts';
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

const count = z.int().nonnegative();
/** No text that Bertrand writes is longer; they appear in messages. */
const text = z.string().max(4096, 'found a text of more than 4096 characters');
const digestText = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in 64 hexadecimal digits');
const stored = z.looseObject({
  step: count,
  config: z.record(text, z.unknown()).optional(),
  tokenizer: text.optional(),
  corpus: text.optional(),
  device: z.looseObject({ name: text, description: text, arithmetic: text }).optional(),
  best: z.number().optional(),
  lowest: z.looseObject({ step: count, loss: z.number(), worse: count }).optional(),
  seconds: z.number().nonnegative().optional(),
  validation: text.optional(),
  folder: text.optional(),
  optimizerSteps: count.optional(),
  window: z.looseObject({ steps: count, loss: z.number() }).optional(),
  versions: z.looseObject({ bertrand: text, checkpoint: z.literal(LAYOUT) }),
  files: z.record(text, z.looseObject({ size: count, sha256: digestText })),
});

/** Reads state.json; throws an Error that says what is wrong with it. */
export async function parseState(text: string): Promise<StoredState> {
  const { sha256, ...content } = Object(parseShallowJson(text)) as Record<string, Json>;
  if (sha256 !== (await digest(content))) throw new Error('its content does not match its SHA-256');
  expectLayout(content['versions']);
  const problem = stored.safeParse(content).error?.issues[0]; // the sum shows damage, not who wrote it
  if (problem) throw new Error(`${problem.path.map(String).join('.').slice(0, 100)}: ${problem.message}`);
  const { versions, files, ...state } = content as unknown as TrainingState & StoredState;
  return { state, versions, files };
}

function expectLayout(versions: Json | undefined): void {
  const { data } = z.looseObject({ bertrand: z.string(), checkpoint: z.number() }).safeParse(versions);
  if (data && data.checkpoint !== LAYOUT)
    throw new Error(
      `it has layout ${data.checkpoint}, written by Bertrand ${data.bertrand.slice(0, 40)}; this version reads layout ${LAYOUT}`,
    );
}

const digest = (content: object): Promise<string> => sha256(JSON.stringify(content));
