import { percent } from '../../data/percent.ts';
import { quantile } from '../report/quantile.ts';
import { LINES } from './signs.ts';
import type { Signs } from './signs.ts';

/** Something that is wrong with a run, or may be. */
export interface Diagnosis {
  readonly name: keyof typeof rules;
  /** What is seen and what it means. */
  readonly finding: string;
  /** What to try. */
  readonly advice: string;
}

type Rule = (signs: Signs) => Omit<Diagnosis, 'name'> | undefined;

/** All that is wrong. */
export const diagnose = (signs: Signs): Diagnosis[] =>
  Object.entries(rules).flatMap(([name, rule]) => {
    const found = rule(signs);
    return found ? [{ name: name as Diagnosis['name'], ...found }] : [];
  });

/** In nats: what is nearer to a loss than this is not better. */
const BETTER = 0.02;
/** What sequences leave the plateau soon. */
const SHORT = 32;
/** Before this share of the run a model need not have left the plateau. */
const PLATEAU = 0.5;
/** Shares from which on there are many. */
const [MANY_SILENT, MANY_UNKNOWN, MANY_DUPLICATES] = [1 / 3, 0.01, 0.01];
/** How many times clipNorm gradients have to be so that clipping tells: AdamW, Muon and Lion hardly depend on their scale. */
const MUCH = 5;

const rules = {
  plateau({ sequenceLength = Infinity, validation }) {
    const { share, loss, contextFreeLoss, unigramLoss } = validation ?? {};
    if (loss === undefined || contextFreeLoss === undefined || loss < contextFreeLoss - BETTER) return undefined;
    if (share !== undefined && share < PLATEAU) return undefined;
    if (unigramLoss !== undefined && loss > unigramLoss - BETTER)
      return {
        finding: `the validation loss, ${loss.toFixed(2)}, is no better than guessing by frequency (${unigramLoss.toFixed(2)}): the model has learnt nothing that helps`,
        advice: 'a third and three times of train.optimizer.learningRate (bertrand sweep), or more steps',
      };
    return {
      finding: `the validation loss, ${loss.toFixed(2)}, is at what can be had without context (${contextFreeLoss.toFixed(2)}): the model knows how often tokens occur, but has learnt nothing from their neighbours yet`,
      advice: `train longer, since this plateau often lasts thousands of steps; ${sequenceLength > SHORT ? `shorter sequences (data.sequenceLength: ${SHORT}) and ` : ''}more, smaller steps at a higher rate leave it sooner`,
    };
  },
  silentUnits({ validation }) {
    const { silentUnits, geluInput } = validation ?? {};
    if (silentUnits === undefined || geluInput === undefined || silentUnits < MANY_SILENT) return undefined;
    return {
      finding: `${percent(silentUnits)} of the FFN's units fire at no token of the validation text (GELU's inputs are ${geluInput.toFixed(1)} on average) and hardly learn any more, as happens at a learning rate that is too high`,
      advice: 'a half or a third of train.optimizer.learningRate, or a longer train.schedule.warmup',
    };
  },
  clipping({ clipNorm, gradNorms }) {
    const sorted = gradNorms.toSorted((a, b) => a - b);
    const median = quantile(sorted, 0.5);
    if (clipNorm === 0 || sorted.length < LINES || sorted[0] <= clipNorm || median < MUCH * clipNorm) return undefined;
    return {
      finding: `gradients are clipped at every step: the last ${LINES} norms that were logged have a median of ${median.toPrecision(2)}, and train.clipNorm is ${clipNorm}`,
      advice: `train.clipNorm: ${Math.ceil(2 * median)}, or a lower train.optimizer.learningRate if the loss jumps`,
    };
  },
  unknownTokens({ unknownShare }) {
    if (unknownShare === undefined || unknownShare < MANY_UNKNOWN) return undefined;
    return {
      finding: `${percent(unknownShare)} of the tokens are [UNK] and never learnt: words with characters that the vocabulary lacks, or longer than it takes`,
      advice:
        'a tokenizer that is trained on this text (data.tokenizer.vocabSize), or a larger vocabSize or limitAlphabet if it is',
    };
  },
  duplicates({ duplicateShare }) {
    if (duplicateShare === undefined || duplicateShare < MANY_DUPLICATES) return undefined;
    return {
      finding: `${percent(duplicateShare)} of the validation text is in the training text too: the validation loss tells what the model remembers`,
      advice: 'removing them from data.corpus, or other text in data.validationCorpus',
    };
  },
} as const satisfies Record<string, Rule>;
