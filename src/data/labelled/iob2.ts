import { BertrandError } from '../../error.ts';

/** The tag of a word outside of all entities. */
export const OUTSIDE = 'O';

/** Words from `begin` to before `end` that are one entity. */
export interface Entity {
  readonly type: string;
  readonly begin: number;
  readonly end: number;
}

/**
 * The entities of a text's tags, strictly by IOB2: one begins with B- and goes on with I- of the same type. An I- that
 * nothing began is part of no entity.
 */
export function entitiesOf(tags: readonly string[]): Entity[] {
  const entities: Entity[] = [];
  for (let begin = 0; begin < tags.length; begin++) {
    if (!tags[begin].startsWith('B-')) continue;
    const type = tags[begin].slice(2);
    let end = begin + 1;
    while (end < tags.length && tags[end] === `I-${type}`) end++;
    entities.push({ type, begin, end });
  }
  return entities;
}

/** Throws a BertrandError unless the tags are IOB2: O, B-TYPE, and I-TYPE only after B-TYPE or I-TYPE. */
export function expectIob2(tags: readonly string[], where: string): void {
  for (const [i, tag] of tags.entries()) {
    if (tag !== OUTSIDE && !/^[BI]-./.test(tag))
      throw new BertrandError(
        `${where}: word ${i + 1} has the tag ${JSON.stringify(tag)}; expected O, B-TYPE or I-TYPE`,
      );
    const type = tag.slice(2);
    const before = tags[i - 1] ?? OUTSIDE;
    if (tag.startsWith('I-') && before !== `B-${type}` && before !== tag)
      throw new BertrandError(
        `${where}: word ${i + 1} has the tag ${tag} after ${i === 0 ? 'nothing' : before}; in IOB2 an entity begins with B-${type}`,
        { advice: 'write the tags in IOB2' },
      );
  }
}
