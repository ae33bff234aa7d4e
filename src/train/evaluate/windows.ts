/** Texts that are computed together: enough to fill batches with texts of one length. */
const MOST_TEXTS = 4096;
const MOST_CHARACTERS = 2 ** 22;

/** Items as they come, in their order, some thousands at a time: memory does not depend on how many there are. */
export async function* windows<Item>(
  items: AsyncIterable<Item> | Iterable<Item>,
  charactersOf: (item: Item) => number,
): AsyncGenerator<Item[]> {
  let some: Item[] = [];
  let characters = 0;
  for await (const item of items) {
    some.push(item);
    characters += charactersOf(item);
    if (some.length < MOST_TEXTS && characters < MOST_CHARACTERS) continue;
    yield some;
    [some, characters] = [[], 0];
  }
  if (some.length > 0) yield some;
}
