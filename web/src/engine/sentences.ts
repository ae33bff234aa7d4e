import type { Batch, Batches } from '../../../src/data/batches/batch.ts';
import type { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';

const MOST = 200;
const MOST_BATCHES = 20;
/** How many tokens a sentence has: shorter ones say little, and text without full stops is cut. */
const [FEWEST, LONGEST] = [4, 40];

/** Sentences of the validation text, as the tokenizer has them. */
export async function sentencesOf(validation: Batches, tokenizer: Tokenizer): Promise<string[]> {
  const ends = new Set(['.', '!', '?'].map((sign) => tokenizer.idOf(sign)));
  const found = new Set<string>();
  const batches = Math.min(validation.stepsPerEpoch, MOST_BATCHES);
  for (let i = 0; i < batches && found.size < MOST; i++)
    for (const ids of sentencesIn(unmasked(await validation.at(i)), tokenizer, ends))
      if (found.size < MOST) found.add(tokenizer.decode(ids));
  return [...found];
}

/** The batch's tokens before masking. */
function unmasked({ ids, positions, labels }: Batch): Int32Array {
  const whole = Int32Array.from(ids);
  for (const [i, position] of positions.entries()) whole[position] = labels[i];
  return whole;
}

function* sentencesIn(
  ids: Int32Array,
  tokenizer: Tokenizer,
  ends: ReadonlySet<number | undefined>,
): Generator<number[]> {
  let sentence: number[] = [];
  for (const id of ids) {
    const special = tokenizer.isSpecial(id) && id !== tokenizer.unknownId;
    if (!special) sentence.push(id);
    if (!special && !ends.has(id) && sentence.length < LONGEST) continue;
    if (sentence.length >= FEWEST) yield sentence;
    sentence = [];
  }
}
