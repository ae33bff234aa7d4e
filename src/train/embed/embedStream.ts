import type { Embedder, Embeddings } from './embedder.ts';

/** Texts that were embedded together, with the row of each. */
export interface EmbeddedTexts<Text> extends Embeddings {
  readonly texts: readonly Text[];
}

/** Texts that are embedded together: enough to fill batches with texts of one length. */
const MOST_TEXTS = 4096;
const MOST_CHARACTERS = 2 ** 22;

/** Embeds texts as they come, in their order, some thousands at a time: memory does not depend on how many there are. */
export async function* embedStream<Text extends { readonly text: string }>(
  embedder: Embedder,
  texts: AsyncIterable<Text>,
): AsyncGenerator<EmbeddedTexts<Text>> {
  let some: Text[] = [];
  let characters = 0;
  const embedded = async (): Promise<EmbeddedTexts<Text>> => ({
    texts: some,
    ...(await embedder.embed(some.map(({ text }) => text))),
  });
  for await (const text of texts) {
    some.push(text);
    characters += text.text.length;
    if (some.length < MOST_TEXTS && characters < MOST_CHARACTERS) continue;
    yield await embedded();
    [some, characters] = [[], 0];
  }
  if (some.length > 0) yield await embedded();
}
