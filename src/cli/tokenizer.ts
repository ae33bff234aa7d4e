import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expectCount } from './exit.ts';
import { Corpus } from '../data/corpus/corpus.node.ts';
import { fileToReplace, writeAtomically } from '../data/store/writeAtomically.node.ts';
import { trainTokenizer } from '../data/tokenizer/trainTokenizer.ts';
import { preparationView } from './progress/preparation.ts';
import { print } from './print.ts';

interface Arguments {
  readonly corpus: string[];
  readonly vocabSize: number;
  readonly out: string;
  readonly documents: 'file' | 'blank-line';
  readonly lowercase: boolean;
  readonly stripAccents?: boolean | undefined;
  readonly limitAlphabet?: number | undefined;
}

export async function trainTokenizerCommand({
  corpus: globs,
  vocabSize,
  out,
  documents,
  lowercase,
  stripAccents,
  limitAlphabet,
}: Arguments): Promise<number> {
  expectCount('vocab-size', vocabSize);
  if (limitAlphabet !== undefined) expectCount('limit-alphabet', limitAlphabet);
  const path = resolve(out);
  const advice = 'choose another --out';
  fileToReplace(path, advice); // before the work, not after it
  const corpus = new Corpus(globs, documents, process.cwd());
  const view = preparationView(process.stderr);
  const pieces = corpus.pieces((done) => view({ stage: 'counting words', done, total: corpus.bytes }), view);
  const options = {
    vocabSize,
    lowercase,
    stripAccents: stripAccents ?? ('auto' as const),
    limitAlphabet: limitAlphabet ?? ('auto' as const),
  };
  const tokenizer = await trainTokenizer(pieces, options, view);
  const write = async (file: FileHandle): Promise<void> => file.writeFile(JSON.stringify(tokenizer.toJson()));
  await writeAtomically(path, write, advice);
  print(`${tokenizer.vocabSize} tokens written to ${out}`);
  return 0;
}
