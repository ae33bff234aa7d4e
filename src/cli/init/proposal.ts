import type { Survey } from '../../data/survey/surveyFiles.node.ts';

/** What a first config for somebody's text has to choose. */
export interface Proposal {
  readonly layers: number;
  readonly embeddingSize: number;
  readonly heads: number;
  readonly sequenceLength: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly vocabSize: number;
}

/** Pieces of words a word, in text of a European language. */
const PIECES = 1.3;

/** Tokens, as far as that can be told before there is a vocabulary. */
export const likelyTokens = ({ words }: Survey): number => Math.round(PIECES * words);

/** From the smallest on, as the ready-made configs were found: the tokens from which on each is worth its time. */
const SIZES: readonly (Omit<Proposal, 'vocabSize'> & { readonly from: number; readonly seconds: number })[] = [
  {
    from: 0,
    seconds: 0,
    layers: 1,
    embeddingSize: 128,
    heads: 2,
    sequenceLength: 32,
    batchSize: 16,
    learningRate: 6e-3,
  },
  {
    from: 1e6,
    seconds: 1200,
    layers: 2,
    embeddingSize: 256,
    heads: 4,
    sequenceLength: 64,
    batchSize: 16,
    learningRate: 2.5e-3,
  },
  {
    from: 1e7,
    seconds: 7200,
    layers: 4,
    embeddingSize: 384,
    heads: 6,
    sequenceLength: 128,
    batchSize: 32,
    learningRate: 2e-3,
  },
];

/** Tokens up to which a vocabulary is worth so many entries. */
const VOCABULARIES: readonly [tokens: number, size: number][] = [
  [2e5, 1024],
  [1e6, 2048],
  [5e6, 4096],
  [5e7, 8192],
  [Infinity, 16_384],
];

/** A model that fits the text and the minutes. */
export function proposalFor(tokens: number, minutes: number): Proposal {
  const size = SIZES.findLast(({ from, seconds }) => tokens >= from && 60 * minutes >= seconds) ?? SIZES[0];
  const { from: _, seconds: __, ...rest } = size;
  const [, vocabSize] = VOCABULARIES.find(([most]) => tokens < most)!;
  return { ...rest, vocabSize };
}

/** More passes over the same text teach little. */
const MOST_EPOCHS = 60;
const FEWEST_STEPS = 100;

/** Steps of so many tokens for the minutes on a machine of that speed, rounded; saving and validating take a tenth. */
export function stepsFor(minutes: number, tokensPerSecond: number, tokensAStep: number, tokens: number): number {
  const inTime = (0.9 * 60 * minutes * tokensPerSecond) / tokensAStep;
  const steps = Math.max(FEWEST_STEPS, Math.min(inTime, (MOST_EPOCHS * tokens) / tokensAStep));
  const round = 10 ** Math.max(1, Math.floor(Math.log10(steps)) - 1);
  return Math.round(steps / round) * round;
}
