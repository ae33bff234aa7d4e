import { finalRate, modelChecks } from '../../config/crossChecks.ts';
import type { CrossCheck } from '../../config/crossCheck.ts';
import type { FinetuneConfig } from './table.ts';

/** The rules on several keys of a fine-tuning config. */
export const finetuneRules: readonly CrossCheck<FinetuneConfig>[] = [
  ...(modelChecks as readonly CrossCheck<Pick<FinetuneConfig, 'model' | 'data'>>[]),
  {
    keys: ['train.freeze.blocks', 'model.layers'],
    broken: ({ train: { freeze }, model: { layers } }) =>
      freeze.blocks > layers && { expected: `at most ${layers}, the blocks of the model`, advice: `write ${layers}` },
  },
  {
    keys: ['train.classWeights', 'data.labels'],
    broken: ({ train: { classWeights }, data: { labels } }) =>
      Array.isArray(classWeights) &&
      (labels === 'auto' || labels.length !== classWeights.length) && {
        expected:
          labels === 'auto' ? 'data.labels, whose order it follows' : `${labels.length}, one for each of data.labels`,
        advice: labels === 'auto' ? 'list the labels in data.labels, or write balanced' : 'give each label one',
      },
  },
  {
    keys: ['data.labels'],
    broken: ({ data: { labels } }) =>
      labels !== 'auto' &&
      new Set(labels).size < labels.length && {
        expected: 'each label once',
        advice: 'remove those that are there twice',
      },
  },
  {
    keys: ['validate.metric', 'task'],
    broken: ({ validate: { metric }, task }) =>
      (task === 'token' ? metric === 'matthews' : metric === 'entityF1') && {
        expected: `a metric of task ${task}`,
        advice: `write ${task === 'token' ? 'entityF1' : 'macroF1'}`,
      },
  },
  {
    keys: ['data.pair', 'task'],
    broken: ({ data: { pair }, task }) =>
      task === 'token' && pair !== 'none' && { expected: 'none, as task is token', advice: 'remove it' },
  },
  {
    keys: ['data.pair', 'model.segments'],
    broken: ({ data: { pair }, model: { segments } }) =>
      pair !== 'none' &&
      segments === 1 && {
        expected: 'none, as the model has one segment, so that it cannot tell the two texts apart',
        advice: 'join the two in one field',
      },
  },
  finalRate,
];
