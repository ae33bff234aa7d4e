import { sum } from '../autograd/ops/arithmetic/sum.ts';
import { Queries } from '../autograd/ops/queries.ts';
import { Parameters } from '../autograd/parameters/parameters.ts';
import type { Tape } from '../autograd/tape.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Device } from '../kernels/device.ts';
import { BertDecoder } from './BertDecoder.ts';
import { BertEncoder } from './BertEncoder.ts';
import type { ModelOptions } from './options.ts';

/** A batch of rows, each holding one sequence or several end to end. A token attends only to its own sequence. */
export interface EncoderInput {
  /** Number of rows. */
  readonly batch: number;
  /** Tokens per row. */
  readonly length: number;
  /** Token ids (batch, length). */
  readonly ids: Int32Array;
  /** Segment ids (batch, length). */
  readonly segments: Int32Array;
  /**
   * (batch, length, 2): where each token's own sequence starts and ends (exclusive) within its row; (0, 0) for padding.
   * Positions count from that start.
   */
  readonly spans: Int32Array;
}

/** An input whose masked tokens are to be predicted. */
export interface MaskedInput extends EncoderInput {
  /** (masked): indices of the masked tokens in the flattened `ids`, row by row. */
  readonly positions: Int32Array;
  /** (masked): the original ids of those tokens. */
  readonly labels: Int32Array;
}

/** The whole model: BertEncoder and BertDecoder, trained by masked language modelling (Devlin et al. 2018). */
export class Bert {
  /** Sizes and wiring, complete. */
  readonly options: ModelOptions;
  /** All weights. */
  readonly parameters: Parameters;
  /** The box BertEncoder. */
  readonly encoder: BertEncoder;
  /** The box BertDecoder. */
  readonly decoder: BertDecoder;

  /** @param seed initial weights depend only on it and on each parameter's name */
  constructor(options: ModelOptions, seed = 0) {
    this.options = options;
    this.parameters = new Parameters(seed);
    this.encoder = new BertEncoder(this.parameters.in('encoder'), options);
    this.decoder = new BertDecoder(this.parameters.in('decoder'), options, this.encoder.Embedding.token);
  }

  /** Puts the parameters on `device`, with their initial values unless `initialised` is false. */
  to(device: Device, initialised = true): this {
    this.parameters.allocate(device, initialised);
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

  /** The diagram's output: at every position, the probability of each token. @returns (batch, length, VS) */
  decode(tape: Tape, sequences: EncoderInput): Tensor {
    return this.decoder.forward(this.encode(tape, sequences)); // (batch, length, VS)
  }

  /** The decoder's logits at the masked positions only; the last block and the decoder skip the others. @returns (masked, VS) */
  maskedLogits(tape: Tape, sequences: MaskedInput): Tensor {
    return this.decoder.logits(this.encode(tape, sequences, sequences.positions)); // (masked, VS)
  }

  /**
   * Cross-entropy at the masked positions in nats, summed and divided by `count`.
   * @param count by default the number of masked positions, for the mean; with accumulation, that of all micro-batches
   * @returns a scalar
   */
  loss(tape: Tape, sequences: MaskedInput, count = sequences.labels.length): Tensor {
    const labels = tape.input(sequences.labels, [sequences.labels.length]);
    const masked = this.encode(tape, sequences, sequences.positions); // (masked, ES)
    return sum(this.decoder.losses(masked, labels), 1 / count); // ()
  }
}
