import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DataOptions } from '../../src/data/dataOptions.ts';
import type { OpenedData } from '../../src/data/openedData.ts';
import { openData } from '../../src/data/openData.node.ts';
import { batchOptions } from './dataOptions.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

export const texts = ['the cat sat on the mat. ', 'a dog ran over the hill! ', 'cats and dogs ran and sat. '].map(
  (text) => text.repeat(40),
);
export const folder = temporaryFolder({ 'a.txt': texts[0], 'b.txt': texts[1], 'c.txt': texts[2] });
export const cache = join(folder, '.bertrand');
export const options: DataOptions = {
  ...batchOptions,
  corpus: ['*.txt'],
  documents: 'file',
  cache: '.bertrand',
  tokenizer: { vocabSize: 50, lowercase: true },
};

/** Opens, closes, and returns what was done on the way: the stages and the notices. */
export async function opened(changes: Partial<DataOptions> = {}): Promise<{ did: string[]; data: OpenedData }> {
  const did = new Set<string>();
  const data = await openData(
    { ...options, ...changes },
    (event) => did.add('notice' in event ? event.notice.replace(folder, '') : event.stage),
    folder,
  );
  await data.train.at(0);
  await data.close();
  return { did: [...did], data };
}
export const cached = (extension: string): string[] => readdirSync(cache).filter((name) => name.endsWith(extension));
