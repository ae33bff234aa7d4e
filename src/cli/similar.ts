import { mostSimilar } from '../train/embed/mostSimilar.ts';
import type { Pooling } from '../train/embed/embedder.ts';
import { withEmbeddedFile } from './embeddings/embeddedFile.ts';
import type { FileArguments } from './embeddings/embeddedFile.ts';
import { UsageError, expectCount } from './exit.ts';
import { inLine, print, printError } from './print.ts';

interface Arguments extends FileArguments {
  readonly query: string;
  readonly pooling: Pooling;
  readonly top: number;
  readonly json: boolean;
}

interface Found {
  readonly cosine: number;
  readonly line: number;
  readonly text: string;
}

export async function similarCommand({ query, pooling, top, json, ...given }: Arguments): Promise<number> {
  expectCount('top', top);
  if (query.trim() === '') throw new UsageError('query: found no text', { advice: 'write a sentence' });
  await withEmbeddedFile(given, { pooling }, async (embedder, embedded) => {
    const { values: asked, leftOut } = await embedder.embed([query]);
    if (leftOut[0] > 0) printError('the query is longer than the model takes: its end was left out');
    let best: Found[] = [];
    for await (const { texts, values } of embedded) {
      const found = mostSimilar(asked, values, texts.length)
        .filter(({ row }) => texts[row].text.trim() !== '')
        .slice(0, top)
        .map(({ row, cosine }) => ({ cosine, line: texts[row].number, text: texts[row].text }));
      best = [...best, ...found].toSorted((a, b) => b.cosine - a.cosine).slice(0, top);
    }
    if (json) print(JSON.stringify({ query, similar: best }, null, 2));
    else for (const { cosine, text } of best) print(`${cosine.toFixed(4).padStart(7)}  ${inLine(text)}`);
  });
  return 0;
}
