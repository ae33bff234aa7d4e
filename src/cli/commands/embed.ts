import { fileToReplace } from '../../data/store/writeAtomically.node.ts';
import { embeddingOptions, encoder, textFile } from '../arguments/options.ts';
import { command } from '../command.ts';
import { withEmbeddedFile } from '../embeddings/embeddedFile.ts';
import { printJsonLines, writeJsonLines, writeNpy } from '../embeddings/embeddingFile.ts';
import { UsageError } from '../exit.ts';
import { print } from '../print/print.ts';

export const embedCommand = command(
  'embed <run> <file>',
  'Turn texts into vectors',
  (cli) =>
    cli
      .positional('run', encoder)
      .positional('file', textFile)
      .options(embeddingOptions)
      .option('normalize', { type: 'boolean', default: false, describe: 'Give each vector the length 1' })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: 'A .npy or .jsonl file to write; without it JSON Lines go to the standard output',
      }),
  async ({ pooling, normalize, out, ...given }) => {
    const ending = out === undefined ? undefined : /\.(npy|jsonl)$/.exec(out)?.[1];
    if (out !== undefined) {
      if (ending === undefined)
        throw new UsageError(`--out: found ${JSON.stringify(out)}; expected a name that ends with .npy or .jsonl`);
      fileToReplace(out, 'choose another file with --out'); // before the work is done
    }
    await withEmbeddedFile(given, { pooling, normalize }, async (embedder, embedded) => {
      const sum = { texts: 0, tokens: 0 };
      const parts = counted(embedded, sum);
      if (out === undefined) return printJsonLines(parts);
      await (ending === 'npy' ? writeNpy(out, parts, embedder.size) : writeJsonLines(out, parts));
      print(`${out}: ${sum.texts} x ${embedder.size}, of ${sum.tokens} tokens`);
    });
    return 0;
  },
);

async function* counted<Part extends { readonly texts: readonly unknown[]; readonly tokens: number }>(
  parts: AsyncIterable<Part>,
  sum: { texts: number; tokens: number },
): AsyncGenerator<Part> {
  for await (const part of parts) {
    sum.texts += part.texts.length;
    sum.tokens += part.tokens;
    yield part;
  }
}
