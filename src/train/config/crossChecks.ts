import { inRows } from '../../data/dataOptions.ts';
import { valueAt } from './path.ts';
import { lengthChecks } from './lengthChecks.ts';
import type { CrossCheck } from './crossCheck.ts';
import type { Place, Problem } from './problems/problems.ts';
import type { Config } from './table/table.ts';
import { shown } from './problems/wrongValues.ts';

/** In a batch. */
const MOST_TOKENS = 2 ** 24;
/** Scores that attention can count in one row, a head's after another's: dropout counts them in 32 bits. */
const MOST_SCORES = 2 ** 32;

/** Of a text in what is trained on. */
const LEAST_SHARE = 0.001;

/** What the rules of every kind of config look at. */
interface Shared {
  readonly model: Config['model'];
  readonly data: { readonly sequenceLength: number };
}

/** The rule on the rate that a schedule ends with. */
export const finalRate: CrossCheck<{
  readonly train: { readonly schedule: Pick<Config['train']['schedule'], 'name' | 'final'> };
}> = {
  keys: ['train.schedule.final', 'train.schedule.name'],
  broken: ({ train: { schedule } }) =>
    schedule.final > 0 &&
    (schedule.name === 'constant' || schedule.name === 'inverse-square-root') && {
      expected: `0, as train.schedule.name is ${schedule.name}, which has no use for it`,
      advice: 'remove it, or choose linear or cosine',
    },
};

/** The rules on a model and the sequences that it takes. */
export const modelChecks: readonly CrossCheck<Shared>[] = [
  {
    keys: ['model.heads', 'model.embeddingSize'],
    broken: ({ model: { heads, embeddingSize } }) =>
      embeddingSize % heads !== 0 && {
        expected: `a divisor of model.embeddingSize, which is ${embeddingSize}`,
        advice: `write ${nearestDivisor(embeddingSize, heads)}, or change model.embeddingSize`,
      },
  },
  {
    keys: ['model.positions', 'model.embeddingSize', 'model.heads'],
    broken: ({ model: { positions, embeddingSize, heads } }) =>
      positions === 'rotary' &&
      (embeddingSize / heads) % 2 === 1 && {
        expected: `sinusoid or learned, as heads of ${embeddingSize / heads} numbers have no two halves to rotate`,
        advice: 'write one of these, or change model.heads',
      },
  },
  {
    keys: ['model.firstNorm', 'model.norm'],
    broken: ({ model: { firstNorm, norm } }) =>
      !firstNorm &&
      norm === 'post' && {
        expected: 'true, as model.norm is post: LN1 follows the sum',
        advice: 'remove it, or write model.norm as pre',
      },
  },
  {
    keys: ['data.sequenceLength', 'model.maxLength'],
    broken: ({ data: { sequenceLength }, model: { maxLength } }) =>
      maxLength !== 'auto' &&
      sequenceLength > maxLength && {
        expected: `at most the model's positions, model.maxLength, which is ${maxLength}`,
        advice: `lower it, or write model.maxLength as ${sequenceLength}`,
      },
  },
  {
    keys: ['model.dropoutAt'],
    broken: ({ model: { dropoutAt } }) =>
      new Set(dropoutAt).size < dropoutAt.length && {
        expected: 'each place once',
        advice: 'remove those that are there twice',
      },
  },
  {
    keys: ['model.dropoutAt', 'model.dropout'],
    broken: ({ model: { dropout, dropoutAt } }) =>
      dropout > 0 &&
      dropoutAt.length === 0 && {
        expected: `at least one place, as model.dropout is ${dropout}`,
        advice: 'name the places, or write model.dropout as 0',
      },
  },
];

/** The rules of pretraining. */
export const checks: readonly CrossCheck<Config>[] = [
  ...modelChecks,
  {
    keys: ['train.batchSize', 'data.sequenceLength'],
    broken: ({ train: { batchSize }, data: { sequenceLength } }) =>
      batchSize * sequenceLength > MOST_TOKENS && {
        expected: `at most ${Math.floor(MOST_TOKENS / sequenceLength)}, as data.sequenceLength is ${sequenceLength}`,
        advice: 'lower one of the two, or use train.accumulate',
      },
  },
  {
    keys: ['train.precision', 'device'],
    broken: ({ device, train: { precision } }) =>
      precision === 'f16' &&
      device !== 'webgpu' &&
      device !== 'auto' && {
        expected: `f32, as the device is ${device}: only webgpu computes in f16`,
        advice: 'write f32, or device: webgpu',
      },
  },
  {
    keys: ['train.precision', 'device'],
    broken: ({ device, train: { precision } }) =>
      precision === 'bf16' &&
      device !== 'cpu' &&
      device !== 'auto' && {
        expected: `f32${device === 'webgpu' ? ' or f16' : ''}, as the device is ${device}: only cpu computes in bf16`,
        advice: `write ${device === 'webgpu' ? 'f16' : 'f32'}, or device: cpu`,
      },
  },
  {
    keys: ['cpu.products', 'train.precision'],
    broken: ({ cpu: { products }, train: { precision } }) => {
      const taken = precision === 'bf16' ? ['auto', 'native', 'emulated'] : undefined;
      if (taken ? taken.includes(products) : products !== 'emulated') return false;
      return {
        expected: `${taken ? 'auto, native or emulated' : 'another choice'}, as train.precision is ${precision}`,
        advice: 'write auto, or change train.precision',
      };
    },
  },
  {
    keys: ['train.batchSize', 'data.sequenceLength', 'model.heads', 'data.packing', 'data.padding'],
    broken: ({ train: { batchSize }, data, model: { heads } }) => {
      const most = Math.floor(Math.sqrt(MOST_SCORES / heads) / data.sequenceLength);
      return (
        !inRows(data) &&
        batchSize > most && {
          expected: `at most ${most}, as data.padding is false and model.heads is ${heads}`,
          advice: 'lower it and raise train.accumulate, or write data.padding as true',
        }
      );
    },
  },
  {
    keys: ['data.weights', 'data.corpus'],
    broken: ({ data: { weights, corpus } }) => {
      const patterns = corpus.filter((pattern) => !pattern.startsWith('!')).length;
      return (
        weights.length > 0 &&
        weights.length !== patterns && {
          expected: `one for each of the ${patterns} patterns of data.corpus that leave nothing out`,
          advice: 'add or remove weights; {a,b}/*.txt is one pattern',
        }
      );
    },
  },
  {
    keys: ['data.weights'],
    broken: ({ data: { weights } }) =>
      weights.some((weight) => weight < LEAST_SHARE * weights.reduce((sum, one) => sum + one, 0)) && {
        expected: `each at least ${LEAST_SHARE} of their sum`,
        advice: 'raise the smallest, or leave out its text',
      },
  },
  {
    keys: ['data.padding', 'data.packing'],
    broken: ({ data: { padding, packing } }) =>
      padding &&
      packing && {
        expected: 'false, as data.packing is true: packed sequences are all full',
        advice: 'remove it, or write data.packing as false',
      },
  },
  {
    keys: ['data.masking.random', 'data.masking.mask'],
    broken: ({ data: { masking } }) =>
      masking.mask + masking.random > 1 + 1e-9 && {
        expected: `at most 1 together with data.masking.mask, which is ${masking.mask}`,
        advice: 'lower one of the two',
      },
  },
  ...lengthChecks,
  finalRate,
];

/** The rules that the config breaks, but for those on keys whose values are not to be trusted. */
export function brokenRules<C>(
  config: C,
  rules: readonly CrossCheck<C>[],
  distrusted: ReadonlySet<string>,
  places: ReadonlyMap<string, Place>,
): Problem[] {
  return rules
    .filter(({ keys }) => !keys.some((key) => distrusted.has(key)))
    .flatMap(({ keys, broken }) => {
      const problem = broken(config);
      if (!problem) return [];
      const path = keys[0];
      const written = keys.find((key) => places.has(key)) ?? ''; // the defaults break no rule, so one was
      const place = places.get(written) ?? { text: path, order: 0 };
      const found = `${shown(valueAt(config, path))}${written === path ? '' : ' (the default)'}`;
      return [{ place, path, found, expected: problem.expected, advice: problem.advice }];
    });
}

function nearestDivisor(size: number, near: number): number {
  let best = 1;
  for (let divisor = 1; divisor <= size; divisor++)
    if (size % divisor === 0 && Math.abs(divisor - near) < Math.abs(best - near)) best = divisor;
  return best;
}
