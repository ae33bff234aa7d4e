import { fileToReplace } from '../data/store/writeAtomically.node.ts';
import type { Pooling } from '../train/embed/embedder.ts';
import { UsageError } from './exit.ts';
import { withEmbeddedFile } from './embeddings/embeddedFile.ts';
import type { FileArguments } from './embeddings/embeddedFile.ts';
import { printJsonLines, writeJsonLines, writeNpy } from './embeddings/embeddingFile.ts';
import { print } from './print.ts';

interface Arguments extends FileArguments {
  readonly pooling: Pooling;
  readonly normalize: boolean;
  readonly out?: string | undefined;
}

export async function embedCommand({ pooling, normalize, out, ...given }: Arguments): Promise<number> {
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
}

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
