import type { ClassifierTask } from '../../bert/BertClassifier.ts';
import type { Example } from '../../data/labelled/example.ts';
import { OUTSIDE } from '../../data/labelled/iob2.ts';
import { likeliest } from './classify.ts';
import type { Probabilities } from './classify.ts';
import type { MetricName } from './config/table.ts';
import type { ClassifiedSequence } from './encodeExample.ts';
import { scoresOf } from './metrics/confusion.ts';
import type { Confusion, ConfusionScores } from './metrics/confusion.ts';
import { EntityCounts } from './metrics/entityScores.ts';
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

/** Compares what a classifier says with the right labels, example by example, and holds none of them. */
export class ClassifierScores {
  readonly #task: ClassifierTask;
  readonly #names: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #confusion: number[][];
  readonly #entities = new EntityCounts();
  readonly #loss = { sum: 0, count: 0 };
  #count = 0;

  constructor(task: ClassifierTask, names: readonly string[]) {
    this.#task = task;
    this.#names = names;
    this.#numbers = new Map(names.map((name, i) => [name, i]));
    this.#confusion = names.map(() => names.map(() => 0));
  }

  /**
   * @param labels the numbers of the example's labels
   * @param probabilities what the model gives at the sequence's positions
   */
  add(
    example: Pick<Example, 'texts'>,
    labels: readonly number[],
    sequence: ClassifiedSequence,
    probabilities: Probabilities,
  ): void {
    const given = givenLabels(example, sequence, probabilities, this.#names, this.#task);
    for (const [i, label] of labels.entries()) this.#confusion[label][this.#numbers.get(given[i]) ?? 0] += 1;
    for (const [i, word] of sequence.words.entries()) this.#loss.sum -= Math.log(probabilities[i][labels[word]]);
    this.#loss.count += sequence.words.length;
    this.#count += labels.length;
    if (this.#task === 'token')
      this.#entities.add(
        labels.map((label) => this.#names[label]),
        given,
      );
  }

  result(): ClassifierEvaluation {
    return {
      loss: this.#loss.sum / this.#loss.count,
      ...scoresOf(this.#confusion),
      count: this.#count,
      confusion: this.#confusion,
      entities: this.#task === 'token' ? this.#entities.scores() : undefined,
    };
  }
}

/** What the best checkpoint is chosen by: greater is better. */
export function metricValue(name: MetricName, evaluation: ClassifierEvaluation): number {
  if (name === 'loss') return -evaluation.loss;
  return name === 'entityF1' ? (evaluation.entities?.f1 ?? 0) : evaluation[name];
}
