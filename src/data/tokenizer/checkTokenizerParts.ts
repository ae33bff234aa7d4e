import { z } from 'zod';
import { isLinearPattern } from './linearPattern.ts';

/*
 * The sections of a tokenizer.json around its vocabulary are untrusted and run on every text. So only known parts
 * are accepted, each with everything it needs, and bounded in number and effect: no text grows more than 64-fold, and no pattern
 * takes more than linear time.
 */
const MOST_PARTS = 32;
const LONGEST_PATTERN = 256;
/** Characters that may be put in place of fewer, and how often. */
const LONGEST_ADDITION = 8;
const MOST_ADDITIONS = 2;

const pattern = z.union([
  z.looseObject({ String: z.string().min(1).max(LONGEST_PATTERN) }),
  z.looseObject({
    Regex: z
      .string()
      .max(LONGEST_PATTERN)
      .refine(isLinearPattern, 'is not one character or class with at most one quantifier, such as "\\\\s+"'),
  }),
]);
const replace = { pattern, content: z.string().max(LONGEST_ADDITION) };
const specialToken = z.tuple([z.string(), z.int().nonnegative()]);
const piece = z.union([
  z.looseObject({ SpecialToken: z.looseObject({ id: z.string(), type_id: z.int().nonnegative() }) }),
  z.looseObject({ Sequence: z.looseObject({ id: z.enum(['A', 'B']), type_id: z.int().nonnegative() }) }),
]);
const none = {};

/** The parts that are taken, by section and type, with what each needs; any other keys are kept. */
const sections = {
  normalizer: {
    BertNormalizer: none,
    NFC: none,
    NFD: none,
    NFKC: none,
    NFKD: none,
    Strip: none,
    StripAccents: none,
    Lowercase: none,
    Prepend: { prepend: z.string().max(LONGEST_ADDITION) },
    Replace: replace,
  },
  pre_tokenizer: {
    BertPreTokenizer: none,
    Whitespace: none,
    WhitespaceSplit: none,
    Punctuation: none,
    Digits: none,
    Metaspace: none,
    Split: { pattern },
  },
  post_processor: {
    BertProcessing: { cls: specialToken, sep: specialToken },
    RobertaProcessing: { cls: specialToken, sep: specialToken },
    TemplateProcessing: { single: z.array(piece).max(16), pair: z.array(piece).max(16) },
  },
  decoder: {
    WordPiece: { prefix: z.string().max(LONGEST_PATTERN), cleanup: z.boolean() },
    Metaspace: none,
    Fuse: none,
    Replace: replace,
    Strip: { content: z.string().max(LONGEST_PATTERN) },
  },
} as const satisfies Record<string, Record<string, z.ZodRawShape>>;

type Section = keyof typeof sections;
export const SECTIONS = Object.keys(sections) as Section[];

/** The key under which a `Sequence` of each section lists its parts. */
const LISTS: Record<Section, string> = {
  normalizer: 'normalizers',
  pre_tokenizer: 'pretokenizers',
  post_processor: 'processors',
  decoder: 'decoders',
};

/**
 * Checks one section of a tokenizer.json, which may be null.
 * @param fail is given what is wrong and where, and throws
 */
export function checkSection(section: Section, value: unknown, fail: (what: string) => never): void {
  let parts = 0;
  let additions = 0;
  const visit = (part: unknown, where: string): void => {
    if (++parts > MOST_PARTS) fail(`${section} has more than ${MOST_PARTS} parts`);
    const { data } = z.looseObject({ type: z.string() }).safeParse(part);
    if (!data) return fail(`${where} is not an object with a type`);
    const list: unknown = data[LISTS[section]];
    if (data.type === 'Sequence' && Array.isArray(list)) {
      for (const [i, inner] of list.entries()) visit(inner, `${where}.${LISTS[section]}[${i}]`);
      return;
    }
    const known: Record<string, z.ZodRawShape> = sections[section];
    if (!Object.hasOwn(known, data.type))
      return fail(
        `${where} is of type ${shortened(data.type)}, not one of ${[...Object.keys(known), 'Sequence'].join(', ')}`,
      );
    const problem = z.looseObject(known[data.type]).safeParse(part).error?.issues[0];
    if (problem) fail(`${[where, ...problem.path].join('.')}: ${problem.message}`);
    if (lengthens(data) && ++additions > MOST_ADDITIONS)
      fail(`${section} puts more in place of less in more than ${MOST_ADDITIONS} parts`);
  };
  if (value !== null) visit(value, section);
}

function lengthens(part: Record<string, unknown>): boolean {
  if (part['type'] === 'Prepend') return true;
  const { data } = z.looseObject(replace).safeParse(part);
  if (!data) return false;
  const { String: text = ' ' } = data.pattern as { String?: string };
  return data.content.length > text.length;
}

const shortened = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
