import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expectCount } from './exit.ts';
import { Corpus } from '../data/corpus/corpus.node.ts';
import { fileToReplace, writeAtomically } from '../data/store/writeAtomically.node.ts';
import { trainTokenizer as train } from '../data/tokenizer/trainTokenizer.ts';
import { preparationView } from './progress/preparation.ts';
import { print } from './print.ts';

interface Arguments {
  readonly corpus: string[];
  readonly vocabSize: number;
  readonly out: string;
  readonly documents: 'file' | 'blank-line';
  readonly lowercase: boolean;
}

export async function trainTokenizerCommand({
  corpus: globs,
  vocabSize,
  out,
  documents,
  lowercase,
}: Arguments): Promise<number> {
  expectCount('vocab-size', vocabSize);
  const path = resolve(out);
  const advice = 'choose another --out';
  fileToReplace(path, advice); // before the work, not after it
  const corpus = new Corpus(globs, documents, process.cwd());
  const view = preparationView(process.stderr);
  const pieces = corpus.pieces((done) => view({ stage: 'counting words', done, total: corpus.bytes }));
  const tokenizer = await train(pieces, { vocabSize, lowercase }, view);
  const write = async (file: FileHandle): Promise<void> => file.writeFile(JSON.stringify(tokenizer.toJson()));
  await writeAtomically(path, write, advice);
  print(`${tokenizer.vocabSize} tokens written to ${out}`);
  return 0;
}
