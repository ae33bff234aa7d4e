import { windows } from '../evaluate/windows.ts';
import type { Embedder, Embeddings } from './embedder.ts';

/** Texts that were embedded together, with the row of each. */
export interface EmbeddedTexts<Text> extends Embeddings {
  readonly texts: readonly Text[];
}

/** Embeds texts as they come, in their order, some thousands at a time: memory does not depend on how many there are. */
export async function* embedStream<Text extends { readonly text: string }>(
  embedder: Embedder,
  given: AsyncIterable<Text>,
): AsyncGenerator<EmbeddedTexts<Text>> {
  for await (const texts of windows(given, ({ text }) => text.length))
    yield { texts, ...(await embedder.embed(texts.map(({ text }) => text))) };
}
