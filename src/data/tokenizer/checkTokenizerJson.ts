import { BertrandError } from '../../error.ts';
import { checkSection, SECTIONS } from './checkTokenizerParts.ts';
import { LONGEST_WORD, SPECIAL_TOKENS } from './specialTokens.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

type JsonFields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonFields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The longest word that a tokenizer may look up: the library's matching takes a time cubic in its length. */
const MOST_CHARACTERS = 256;

/** A value for a message, shortened. */
function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Throws a BertrandError that names the file (`name`) and the part of it that no WordPiece tokenizer.json would have. */
export function checkTokenizerJson(json: unknown, name: string): TokenizerJson {
  const fail = (what: string): never => {
    throw new BertrandError(`${name}: ${what}; expected a Hugging Face tokenizer.json with a WordPiece model`);
  };
  const object = (value: unknown, where: string): JsonFields =>
    isObject(value) ? value : fail(`${where} is not an object`);

  const root = object(json, 'the top level');
  const model = object(root['model'], 'model');
  const untyped = model['type'] === undefined && model['merges'] === undefined; // as the library first wrote it
  if (model['type'] !== 'WordPiece' && !untyped) fail(`model.type is ${quoted(model['type'])}`);
  const vocab = object(model['vocab'], 'model.vocab');
  if (typeof model['continuing_subword_prefix'] !== 'string') fail('model.continuing_subword_prefix is not a string');
  const longest = model['max_input_chars_per_word'] ?? LONGEST_WORD;
  if (typeof longest !== 'number' || !Number.isInteger(longest) || longest < 1 || longest > MOST_CHARACTERS)
    fail(`model.max_input_chars_per_word is ${quoted(longest)}, not a whole number from 1 to ${MOST_CHARACTERS}`);
  for (const section of SECTIONS) checkSection(section, root[section], fail);

  const tokens: string[] = [];
  const place = (token: string, id: unknown, where: string): void => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= 2 ** 24)
      return fail(`${where} gives ${quoted(token)} the id ${quoted(id)}, not an integer from 0`);
    if (tokens[id] !== undefined && tokens[id] !== token)
      fail(`${where} gives the id ${id} to ${quoted(token)} and to ${quoted(tokens[id])}`);
    tokens[id] = token;
  };
  for (const [token, id] of Object.entries(vocab)) place(token, id, 'model.vocab');
  const added: unknown = root['added_tokens'];
  if (!Array.isArray(added)) return fail('added_tokens is not a list');
  for (const entry of added as unknown[]) {
    const { content, id } = object(entry, 'an entry of added_tokens');
    if (typeof content !== 'string' || content === '') return fail('an entry of added_tokens has no content');
    if (Object.hasOwn(vocab, content) && vocab[content] !== id)
      fail(`added_tokens gives ${quoted(content)} the id ${quoted(id)}, model.vocab ${quoted(vocab[content])}`);
    place(content, id, 'added_tokens');
  }
  for (let id = 0; id < tokens.length; id++)
    if (tokens[id] === undefined) fail(`no token has the id ${id} of ${tokens.length}`);
  const all = new Set(tokens);
  if (typeof model['unk_token'] !== 'string' || !all.has(model['unk_token']))
    fail('model.unk_token is not in the vocabulary');
  const missing = SPECIAL_TOKENS.filter((token) => !all.has(token));
  if (missing.length > 0) fail(`the vocabulary lacks ${missing.join(', ')}`);
  return { ...root, model: { ...model, type: 'WordPiece' } } as unknown as TokenizerJson;
}
