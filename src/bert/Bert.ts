import { sum } from '../autograd/ops/arithmetic/sum.ts';
import { Queries } from '../autograd/ops/queries.ts';
import { Parameters } from '../autograd/parameters/parameters.ts';
import type { Tape } from '../autograd/tape.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Device } from '../kernels/device.ts';
import { BertDecoder } from './BertDecoder.ts';
import { BertEncoder } from './BertEncoder.ts';
import type { ModelOptions } from './options.ts';

/** A batch of sequences: one a row, or many end to end, which then do not see each other. */
export interface EncoderInput {
  /** Rows. */
  readonly batch: number;
  /** Tokens in a row. */
  readonly length: number;
  /** (batch, length) */
  readonly ids: Int32Array;
  /** (batch, length) */
  readonly segments: Int32Array;
  /**
   * (batch, length, 2): where in its row each token's own sequence begins, and before which place it ends; (0, 0) for
   * padding. A token sees its own sequence, and its position counts from there.
   */
  readonly spans: Int32Array;
}

export interface MaskedInput extends EncoderInput {
  /** Where tokens are to be predicted: places in ids, row by row. */
  readonly positions: Int32Array;
  /** The tokens that stood there. */
  readonly labels: Int32Array;
}

/** BertEncoder and BertDecoder with masked language modelling between them. */
export class Bert {
  readonly options: ModelOptions;
  readonly parameters: Parameters;
  readonly encoder: BertEncoder;
  readonly decoder: BertDecoder;

  /** @param seed initial weights are a function of it and each parameter's name */
  constructor(options: ModelOptions, seed = 0) {
    this.options = options;
    this.parameters = new Parameters(seed);
    this.encoder = new BertEncoder(this.parameters.in('encoder'), options);
    this.decoder = new BertDecoder(this.parameters.in('decoder'), options, this.encoder.Embedding.token);
  }

  /** Puts the parameters on `device`, with their initial values. */
  to(device: Device): this {
    this.parameters.allocate(device);
    return this;
  }

  /**
   * @param positions whose output is computed, as places in ids, row by row; all by default
   * @returns (batch, length, ES), or (positions, ES)
   */
  encode(tape: Tape, { ids, segments, spans, batch, length }: EncoderInput, positions?: Int32Array): Tensor {
    const [shape, tokens] = [[batch, length], positions && tape.input(positions, [positions.length])];
    const queries = new Queries(tape.input(spans, [...shape, 2]), tokens);
    return this.encoder.forward(tape.input(ids, shape), tape.input(segments, shape), queries); // (..., ES)
  }

  /** The diagram's output: each token's probability at every position. */
  decode(tape: Tape, sequences: EncoderInput): Tensor {
    return this.decoder.forward(this.encode(tape, sequences)); // (batch, length, VS)
  }

  /** The decoder's scores at the masked positions only; the last block and the decoder never compute the others. */
  maskedLogits(tape: Tape, sequences: MaskedInput): Tensor {
    return this.decoder.logits(this.encode(tape, sequences, sequences.positions)); // (masked, VS)
  }

  /**
   * Cross-entropy at the masked positions in nats, summed and divided by `count`: the mean by default; with accumulation
   * the masked positions of all micro-batches.
   */
  loss(tape: Tape, sequences: MaskedInput, count = sequences.labels.length): Tensor {
    const labels = tape.input(sequences.labels, [sequences.labels.length]);
    const masked = this.encode(tape, sequences, sequences.positions); // (masked, ES)
    return sum(this.decoder.losses(masked, labels), 1 / count); // ()
  }
}
