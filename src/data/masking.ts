import seedrandom from 'seedrandom';
import { chooseGroups } from './chooseGroups.ts';
import type { MaskingOptions } from './dataOptions.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** Masks one row in place; tells which positions are to be predicted, ascending. */
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
    const positions = chooseGroups(groups, options, random, force)
      .flat()
      .toSorted((a, b) => a - b);
    for (const position of positions) {
      const draw = random();
      if (draw < options.mask) ids[position] = tokenizer.maskId;
      else if (draw < options.mask + options.random) ids[position] = ordinary[Math.floor(random() * ordinary.length)]!;
    }
    return positions;
  };
}

/** The maskable positions, those of one word together if `wholeWord`. */
function groupsOf(ids: Int32Array, tokenizer: Tokenizer, wholeWord: boolean): number[][] {
  const groups: number[][] = [];
  for (const [position, id] of ids.entries()) {
    if (tokenizer.isSpecial(id)) continue;
    const last = groups.at(-1);
    if (wholeWord && tokenizer.isContinuation(id) && last?.at(-1) === position - 1) last.push(position);
    else groups.push([position]);
  }
  return groups;
}
