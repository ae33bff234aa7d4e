import { BertrandError } from '../../../error.ts';
import type { RunFolder } from '../runFolder.ts';

/** Throws a BertrandError if the run to resume has seen another corpus than the one whose fingerprint is given. */
export function expectSameCorpus(
  { path, checkpoint }: Pick<RunFolder, 'path' | 'checkpoint'>,
  fingerprint: string,
): void {
  const before = checkpoint?.state.corpus;
  if (before !== undefined && before !== fingerprint)
    throw new BertrandError(
      `${path}: cannot be resumed: its corpus has changed, so what is left of it would be other text`,
      { advice: 'put the files back as they were, or start a new run with another --out' },
    );
}
