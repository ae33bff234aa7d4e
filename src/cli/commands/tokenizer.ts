import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Argv } from 'yargs';
import { FIELD } from '../../data/dataOptions.ts';
import { documentModes } from '../../data/corpus/textPiece.ts';
import { Corpus } from '../../data/corpus/corpus.node.ts';
import { fileToReplace, writeAtomically } from '../../data/store/writeAtomically.node.ts';
import { trainTokenizer } from '../../data/tokenizer/trainTokenizer.ts';
import { command } from '../command.ts';
import { expectCount } from '../exit.ts';
import { print } from '../print/print.ts';
import { preparationView } from '../progress/preparation.ts';

const trainCommand = command(
  'train',
  'Train a WordPiece vocabulary',
  (cli) =>
    cli
      .option('corpus', {
        type: 'string',
        array: true,
        demandOption: true,
        requiresArg: true,
        describe: 'Files or globs; npm:PACKAGE/glob for files of a package, - for the standard input',
      })
      .option('vocab-size', {
        type: 'number',
        demandOption: true,
        requiresArg: true,
        describe: 'Tokens in the vocabulary',
      })
      .option('out', {
        type: 'string',
        demandOption: true,
        requiresArg: true,
        describe: 'The tokenizer.json to write',
      })
      .option('documents', {
        choices: documentModes,
        requiresArg: true,
        default: 'file' as const,
        describe: 'What a document is in plain text',
      })
      .option('field', {
        type: 'string',
        requiresArg: true,
        default: FIELD,
        describe: 'Field or column of the texts in JSON Lines, CSV, TSV and Parquet',
      })
      .option('lowercase', {
        type: 'boolean',
        default: true,
        describe: 'Lower the case; --no-lowercase to keep it',
      })
      .option('strip-accents', {
        type: 'boolean',
        describe: 'Take away accents and vowel signs, or --no-strip-accents; left out: as --lowercase',
      })
      .option('limit-alphabet', {
        type: 'number',
        requiresArg: true,
        describe: 'The most characters that get tokens; left out: 1000, or what 99.95 % of the text takes',
      }),
  async ({ corpus: globs, vocabSize, out, documents, field, lowercase, stripAccents, limitAlphabet }) => {
    expectCount('vocab-size', vocabSize);
    if (limitAlphabet !== undefined) expectCount('limit-alphabet', limitAlphabet);
    const path = resolve(out);
    const advice = 'choose another --out';
    fileToReplace(path, advice); // before the work, not after it
    const corpus = new Corpus(globs, { documents, field }, process.cwd(), { key: '--corpus' });
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
  },
);

export const tokenizerCommand = {
  usage: 'tokenizer',
  addTo: (cli: Argv): Argv =>
    cli.command('tokenizer', 'Make tokenizers', (y) =>
      trainCommand.addTo(y).demandCommand(1, 'Name what to do with tokenizers: train'),
    ),
};
