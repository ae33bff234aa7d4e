import type { DataOptions } from '../../data/dataOptions.ts';
import { openCorpusTokenizer } from '../../data/openData.node.ts';
import type { OnProgress } from '../../data/progress.ts';
import { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { fromFirst } from '../../ranks/together.ts';

/** The tokenizer of rank 0, which trains or reads it; undefined for a process by itself. */
export async function sharedTokenizer(
  ranks: Communicator,
  options: DataOptions,
  onProgress: OnProgress,
  folder: string,
): Promise<Tokenizer | undefined> {
  if (ranks.size === 1) return undefined;
  const text = await fromFirst(ranks, async () =>
    JSON.stringify((await openCorpusTokenizer(options, onProgress, folder)).toJson()),
  );
  return Tokenizer.fromJson(JSON.parse(text));
}
