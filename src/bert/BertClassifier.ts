import { mul } from '../autograd/ops/arithmetic/mul.ts';
import { sum } from '../autograd/ops/arithmetic/sum.ts';
import { crossEntropy } from '../autograd/ops/crossEntropy.ts';
import { Queries } from '../autograd/ops/queries.ts';
import { Parameters } from '../autograd/parameters/parameters.ts';
import type { Tape } from '../autograd/tape.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Device } from '../kernels/device.ts';
import type { EncoderInput } from './Bert.ts';
import { BertEncoder } from './BertEncoder.ts';
import type { HeadOptions } from './heads/headOptions.ts';
import { SequenceClassifier } from './heads/SequenceClassifier.ts';
import { TokenClassifier } from './heads/TokenClassifier.ts';
import type { ModelOptions } from './options.ts';

/** What is classified: whole sequences, or their tokens. */
export type ClassifierTask = 'sequence' | 'token';

export interface ClassifierOptions extends HeadOptions {
  readonly task: ClassifierTask;
  /** What keeps its weights in training: the embedding, and so many blocks from the first on. */
  readonly frozen?: { readonly embeddings: boolean; readonly blocks: number };
}

export interface ClassifierInput extends EncoderInput {
  /** What is classified: places in ids, row by row; of a sequence its [CLS]. */
  readonly positions: Int32Array;
}

export interface LabelledInput extends ClassifierInput {
  /** (positions) the labels as numbers from 0 */
  readonly labels: Int32Array;
  /** (positions) how much each counts in the loss; 1 where left out */
  readonly weights?: Float32Array;
}

/** BertEncoder with a head that gives labels. */
export class BertClassifier {
  readonly options: ModelOptions;
  readonly parameters: Parameters;
  readonly encoder: BertEncoder;
  readonly classifier: SequenceClassifier | TokenClassifier;

  /** @param seed initial weights are a function of it and each parameter's name */
  constructor(options: ModelOptions, { task, frozen, ...head }: ClassifierOptions, seed = 0) {
    this.options = options;
    this.parameters = new Parameters(seed, (name) => frozen !== undefined && isFrozen(name, frozen));
    this.encoder = new BertEncoder(this.parameters.in('encoder'), options);
    const Head = task === 'sequence' ? SequenceClassifier : TokenClassifier;
    this.classifier = new Head(this.parameters.in('classifier'), options, head);
  }

  /** Puts the parameters on `device`, with their initial values. */
  to(device: Device): this {
    this.parameters.allocate(device);
    return this;
  }

  /** The scores of all labels at the positions; the last block computes no other tokens. */
  logits(tape: Tape, { ids, segments, spans, batch, length, positions }: ClassifierInput): Tensor {
    const shape = [batch, length];
    const queries = new Queries(tape.input(spans, [...shape, 2]), tape.input(positions, [positions.length]));
    const hidden = this.encoder.forward(tape.input(ids, shape), tape.input(segments, shape), queries); // (positions, ES)
    return this.classifier.forward(hidden); // (positions, labels)
  }

  /**
   * Cross-entropy in nats: the sum over the positions, each times its weight, divided by `count`, which is the sum of the
   * weights by default.
   */
  loss(tape: Tape, input: LabelledInput, count = weightOf(input)): Tensor {
    const rows = [input.labels.length];
    const losses = crossEntropy(this.logits(tape, input), tape.input(input.labels, rows)); // (positions)
    return sum(input.weights ? mul(losses, tape.input(input.weights, rows)) : losses, 1 / count); // ()
  }
}

/** The sum of the weights of a batch's labels. */
export function weightOf({ labels, weights }: Pick<LabelledInput, 'labels' | 'weights'>): number {
  return weights?.reduce((total, weight) => total + weight, 0) ?? labels.length;
}

function isFrozen(name: string, { embeddings, blocks }: NonNullable<ClassifierOptions['frozen']>): boolean {
  const [box, part, block] = name.split('.');
  return box === 'encoder' && ((part === 'Embedding' && embeddings) || (part === 'TF' && Number(block) < blocks));
}
