import seedrandom from 'seedrandom';
import { chooseGroups } from './chooseGroups.ts';
import type { Groups } from './chooseGroups.ts';
import type { MaskingOptions } from '../dataOptions.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** Masks one row in place; returns the positions to be predicted, ascending. */
export type Masking = (ids: Int32Array, key: string, force?: boolean) => number[];

/**
 * BERT's masking (Devlin et al. 2018): of the chosen positions `mask` become [MASK], `random` a random ordinary token,
 * and the rest stay. Special tokens are never chosen. A pure function of (ids, key): the draws come from `key`.
 * `force` chooses at least one word or piece wherever there is one.
 */
export function createMasking(tokenizer: Tokenizer, options: MaskingOptions): Masking {
  const ordinary = Int32Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(
    (id) => !tokenizer.isSpecial(id),
  );
  return (ids, key, force = false) => {
    const random = seedrandom(key);
    const groups = groupsOf(ids, tokenizer, options.wholeWord);
    const positions: number[] = [];
    for (const group of chooseGroups(groups, options, random, force).toSorted((a, b) => a - b))
      for (let at = groups.starts[group]; at < groups.ends[group]; at++) positions.push(at);
    for (const position of positions) {
      const draw = random();
      if (draw < options.mask) ids[position] = tokenizer.maskId;
      else if (draw < options.mask + options.random) ids[position] = ordinary[Math.floor(random() * ordinary.length)]!;
    }
    return positions;
  };
}

/** The maskable places, those of one word together if `wholeWord`. */
function groupsOf(ids: Int32Array, tokenizer: Tokenizer, wholeWord: boolean): Groups {
  const [starts, ends]: [number[], number[]] = [[], []];
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at];
    if (tokenizer.isSpecial(id)) continue;
    if (wholeWord && ends.at(-1) === at && tokenizer.isContinuation(id)) ends[ends.length - 1] = at + 1;
    else {
      starts.push(at);
      ends.push(at + 1);
    }
  }
  return { starts, ends };
}
