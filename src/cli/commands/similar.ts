import { mostSimilar } from '../../train/embed/mostSimilar.ts';
import { embeddingOptions, encoder, jsonOption, textFile } from '../arguments/options.ts';
import { command } from '../command.ts';
import { withEmbeddedFile } from '../embeddings/embeddedFile.ts';
import { UsageError, expectCount } from '../exit.ts';
import { inLine, print, printError } from '../print/print.ts';

interface Found {
  readonly cosine: number;
  readonly line: number;
  readonly text: string;
}

export const similarCommand = command(
  'similar <run> <file> <query>',
  'Find the texts that are most like a sentence',
  (cli) =>
    cli
      .positional('run', encoder)
      .positional('file', textFile)
      .positional('query', { type: 'string', demandOption: true, describe: 'The sentence' })
      .options(embeddingOptions)
      .option('top', { type: 'number', default: 10, requiresArg: true, describe: 'How many texts' })
      .option('json', jsonOption),
  async ({ query, pooling, top, json, ...given }) => {
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
  },
);
