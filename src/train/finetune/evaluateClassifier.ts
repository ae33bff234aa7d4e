import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import type { Example } from '../../data/labelled/example.ts';
import { OUTSIDE } from '../../data/labelled/iob2.ts';
import { likeliest } from './classify.ts';
import type { Probabilities } from './classify.ts';
import type { MetricName } from './config/table.ts';
import type { ClassifiedSequence } from './encodeExample.ts';
import { confusionOf, scoresOf } from './metrics/confusion.ts';
import type { Confusion, ConfusionScores } from './metrics/confusion.ts';
import { entityScores } from './metrics/entityScores.ts';
import type { EntityScores } from './metrics/entityScores.ts';

/** How well a classifier does on labelled text; for words their tags count. */
export interface ClassifierEvaluation extends ConfusionScores {
  /** Cross-entropy in nats, the mean over what has a label. */
  readonly loss: number;
  /** Texts, or words. */
  readonly count: number;
  readonly confusion: Confusion;
  readonly entities: EntityScores | undefined;
}

/** The labels that were given to an example's texts; words that were left out are outside of all entities. */
export function givenLabels(
  { texts }: Pick<Example, 'texts'>,
  { words }: ClassifiedSequence,
  probabilities: Probabilities,
  names: readonly string[],
  task: ClassifierTask,
): string[] {
  const given = Array.from({ length: task === 'token' ? texts.length : 1 }, () => OUTSIDE);
  for (const [i, word] of words.entries()) given[word] = names[likeliest(probabilities[i])];
  return given;
}

/**
 * @param labels the numbers of each example's labels
 * @param results the probabilities that the model gives at each sequence's positions
 */
export function evaluateClassifier(
  task: ClassifierTask,
  names: readonly string[],
  examples: readonly Example[],
  labels: readonly (readonly number[])[],
  sequences: readonly ClassifiedSequence[],
  results: readonly Probabilities[],
): ClassifierEvaluation {
  const numbers = new Map(names.map((name, i) => [name, i]));
  const given = examples.map((example, i) => givenLabels(example, sequences[i], results[i], names, task));
  const right = labels.flat();
  const confusion = confusionOf(
    right,
    given.flat().map((name) => numbers.get(name) ?? 0),
    names.length,
  );
  const losses = sequences.flatMap(({ words }, i) =>
    [...words].map((word, j) => -Math.log(results[i][j][labels[i][word]])),
  );
  const byName = labels.map((own) => own.map((label) => names[label]));
  return {
    loss: losses.reduce((total, loss) => total + loss, 0) / losses.length,
    ...scoresOf(confusion),
    count: right.length,
    confusion,
    entities: task === 'token' ? entityScores(byName, given) : undefined,
  };
}

/** What the best checkpoint is chosen by: greater is better. */
export function metricValue(name: MetricName, evaluation: ClassifierEvaluation): number {
  if (name === 'loss') return -evaluation.loss;
  return name === 'entityF1' ? (evaluation.entities?.f1 ?? 0) : evaluation[name];
}
