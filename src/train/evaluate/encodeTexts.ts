import { Tape } from '../../autograd/tape.ts';
import type { EncoderInput } from '../../bert/Bert.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { Device } from '../../kernels/device.ts';

/** A text, or a pair of texts, as the encoder takes it. */
export interface TextSequence {
  readonly ids: Int32Array;
  readonly segments: Int32Array;
  /** How many tokens were left out at the end because they did not fit. */
  readonly leftOut: number;
}

/** How texts become sequences. */
export interface SequenceOptions {
  /** Tokens of a sequence, [CLS] and [SEP] included. */
  readonly maxLength: number;
  /** The segment of the first text, and that of the second. */
  readonly segments: readonly [number, number];
}

/** `[CLS] text [SEP]`, or `[CLS] text [SEP] second [SEP]`. Where that is too long, the longer of the two loses its end. */
export function idsSequence(
  { classId, separatorId }: Pick<Tokenizer, 'classId' | 'separatorId'>,
  texts: readonly Int32Array[],
  { maxLength, segments }: SequenceOptions,
): TextSequence {
  const wanted = texts.map(({ length }) => length);
  const lengths = fitted(wanted, maxLength - 1 - texts.length);
  const parts = texts.map((ids, i) => [...ids.subarray(0, lengths[i]), separatorId]);
  return {
    ids: Int32Array.of(classId, ...parts.flat()),
    segments: Int32Array.of(segments[0], ...parts.flatMap((part, i) => part.map(() => segments[i]))),
    leftOut: wanted.reduce((sum, length, i) => sum + length - lengths[i], 0),
  };
}

/** Lengths of one or two texts that fit `most` tokens together, the longer one cut first. */
function fitted([first, second]: readonly number[], most: number): number[] {
  if (second === undefined) return [Math.min(first, most)];
  const half = Math.floor(most / 2);
  if (first + second <= most) return [first, second];
  if (second <= half) return [most - second, second];
  return first <= most - half ? [first, most - first] : [most - half, half];
}

/** Sequences end to end in one row, without padding. */
export interface UnpaddedBatch extends EncoderInput {
  /** Which of the sequences these are, by their places in the list. */
  readonly members: readonly number[];
  /** (members) where each begins */
  readonly starts: Int32Array;
}

/**
 * Puts sequences of similar lengths together, the longest first.
 * @param mostTokens of a batch; a single sequence may be longer
 */
export function* unpaddedBatches(
  sequences: readonly Pick<TextSequence, 'ids' | 'segments'>[],
  mostTokens: number,
): Generator<UnpaddedBatch> {
  const order = [...sequences.keys()].toSorted((a, b) => sequences[b].ids.length - sequences[a].ids.length || a - b);
  for (let from = 0; from < order.length;) {
    let [to, length] = [from + 1, sequences[order[from]].ids.length];
    while (to < order.length && length + sequences[order[to]].ids.length <= mostTokens)
      length += sequences[order[to++]].ids.length;
    yield endToEnd(sequences, order.slice(from, to), length);
    from = to;
  }
}

/** The given members of a list of sequences in one row of `length` places, of which those that are left over are padding. */
export function endToEnd(
  sequences: readonly Pick<TextSequence, 'ids' | 'segments'>[],
  members: readonly number[],
  length: number,
): UnpaddedBatch {
  const [ids, segments, spans] = [new Int32Array(length), new Int32Array(length), new Int32Array(2 * length)];
  const starts = new Int32Array(members.length);
  let at = 0;
  for (const [i, member] of members.entries()) {
    const sequence = sequences[member];
    const end = at + sequence.ids.length;
    starts[i] = at;
    ids.set(sequence.ids, at);
    segments.set(sequence.segments, at);
    for (let place = at; place < end; place++) spans.set([at, end], 2 * place);
    at = end;
  }
  return { batch: 1, length, ids, segments, spans, members, starts };
}

/** Tokens that are computed at once, where attention skips what a token does not see and where it does not. */
const MOST_TOKENS = { fused: 2048, composed: 512 };
/** Batches that may be enqueued before one is waited for. */
const IN_FLIGHT = 2;

/**
 * Computes something of each sequence, dropout off, many at once.
 * @param compute gives a result for each member of a batch, in order; its tape is freed once it waits, so it asks before for
 * all that it reads
 * @returns a result for each sequence, in their order
 */
export async function encodeTexts<Result>(
  device: Device,
  sequences: readonly Pick<TextSequence, 'ids' | 'segments'>[],
  compute: (tape: Tape, batch: UnpaddedBatch) => Promise<readonly Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  const flights: Promise<void>[] = [];
  const most = device.has('attention') ? MOST_TOKENS.fused : MOST_TOKENS.composed;
  for (const batch of unpaddedBatches(sequences, most)) {
    const tape = new Tape(device, { training: false, gradients: false });
    const computed = compute(tape, batch);
    tape.free();
    const flight = computed.then((found) => {
      for (const [i, member] of batch.members.entries()) results[member] = found[i];
    });
    flight.catch(() => {}); // told where it is awaited; the next one may fail before
    flights.push(flight);
    if (flights.length >= IN_FLIGHT) await flights.shift();
  }
  await Promise.all(flights);
  return results;
}
