import { Corpus } from './corpus.node.ts';
import type { Reading } from './corpusFile.node.ts';
import { isExclusion } from './findFiles.node.ts';

/** What each pattern names as a corpus of its own, without the files of those before it and what a `!` leaves out. */
export function corporaOf(patterns: readonly string[], reading: Reading, folder: string): Corpus[] {
  const excluded = patterns.filter(isExclusion);
  const taken = new Set<string>();
  return patterns
    .filter((pattern) => !isExclusion(pattern))
    .map((pattern) => {
      const corpus = new Corpus([pattern, ...excluded], reading, folder, { without: taken });
      for (const { path } of corpus.files) taken.add(path);
      return corpus;
    });
}
