import type { Sample } from '../evaluate/samples.ts';
import type { JsonObject } from '../run/checkpoint/checkpoint.ts';

/** A line takes no more of them. */
const MOST = 8;
const DIGITS = 3;

/** Samples as a line of metrics has them. */
export const logged = (samples: readonly Sample[]): JsonObject[] =>
  samples.map(({ before, truth, after, guesses }) => ({
    before,
    truth,
    after,
    guesses: guesses.map(({ token, probability }) => [token, Number(probability.toPrecision(DIGITS))]),
  }));

/** The samples of a line that anybody may have written; what is not as `logged` makes it is left out. */
export function readSamples(value: unknown): Sample[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).flatMap((one: unknown) => {
    const { before, truth, after, guesses } = Object(one) as Record<string, unknown>;
    if (typeof before !== 'string' || typeof truth !== 'string' || typeof after !== 'string') return [];
    return [{ before, truth, after, guesses: readGuesses(guesses) }];
  });
}

function readGuesses(value: unknown): Sample['guesses'] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST).flatMap((one: unknown) => {
    const [token, probability] = Array.isArray(one) ? (one as unknown[]) : [];
    return typeof token === 'string' && typeof probability === 'number' ? [{ token, probability }] : [];
  });
}
