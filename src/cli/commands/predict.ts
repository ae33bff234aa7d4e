import type { Example } from '../../data/labelled/example.ts';
import { LINE, rowFormats } from '../../data/labelled/row.ts';
import type { Row } from '../../data/labelled/row.ts';
import { readRows } from '../../data/labelled/rowsFile.node.ts';
import { fileToReplace, writeAtomically } from '../../data/store/writeAtomically.node.ts';
import { openDevice } from '../../kernels/choose.ts';
import { runDeviceOptions } from '../../train/config/runDeviceOptions.ts';
import { openClassifier } from '../../train/finetune/classifier.node.ts';
import type { FinetuneConfig } from '../../train/finetune/config/table.ts';
import { ClassifierScores } from '../../train/finetune/evaluateClassifier.ts';
import { exampleOf, numbered } from '../../train/finetune/labelledData.node.ts';
import { predict } from '../../train/finetune/predict.ts';
import type { Prediction } from '../../train/finetune/predict.ts';
import { deviceOption } from '../arguments/options.ts';
import { evaluationLines } from '../classifier/classifierTables.ts';
import { predictionLines } from '../classifier/predictionLines.ts';
import { command } from '../command.ts';
import { print, printError, printLine } from '../print/print.ts';

const ADVICE = 'choose another file with --out';

/** Rows are read, labelled and written as they come, so that a file may be longer than memory. */
export const predictCommand = command(
  'predict <run> <file>',
  'Label texts with a fine-tuned classifier',
  (cli) =>
    cli
      .positional('run', { type: 'string', demandOption: true, describe: "A fine-tuning run's folder" })
      .positional('file', {
        type: 'string',
        demandOption: true,
        describe: 'A .jsonl, .csv or .tsv file, or one with a text in each line; - for the standard input',
      })
      .option('input', { choices: rowFormats, requiresArg: true, describe: "The file's format, whatever its name" })
      .option('format', {
        choices: ['jsonl', 'csv'] as const,
        default: 'jsonl' as const,
        requiresArg: true,
        describe: 'What to write',
      })
      .option('out', { type: 'string', requiresArg: true, describe: 'A file to write, instead of the standard output' })
      .option('evaluate', {
        type: 'boolean',
        default: false,
        describe: 'Compare with the labels in the file, and print how well it does',
      })
      .option('device', deviceOption),
  async (given) => {
    const { run, file, input, format, out, evaluate, device: choice } = given;
    if (out !== undefined) fileToReplace(out, ADVICE); // before the work is done
    const classifier = await openClassifier(run);
    for (const notice of classifier.notices) printError(notice);
    const { labels, tokenizer, config } = classifier;
    const scores = evaluate ? new ClassifierScores(config.task, labels) : undefined;
    const device = await openDevice(choice, runDeviceOptions(config));
    try {
      const examples = examplesOf(readRows(file, input), config, evaluate);
      const predictions = predict(device, classifier.modelOn(device), tokenizer, config, examples);
      const lines = predictionLines(watched(predictions, labels, scores), {
        format,
        task: config.task,
        labels,
        labelled: evaluate,
      });
      if (out === undefined) for await (const line of lines) await printLine(line);
      else
        await writeAtomically(
          out,
          async (opened) => {
            for await (const line of lines) await opened.writeFile(line); // behind the one before
          },
          ADVICE,
        );
    } finally {
      await device.close();
    }
    // what goes on to another program are the answers alone
    if (scores) (out === undefined ? printError : print)(evaluationLines(scores.result(), labels));
    return 0;
  },
);

async function* examplesOf(
  rows: AsyncIterable<Row>,
  config: Pick<FinetuneConfig, 'task' | 'data'>,
  labelled: boolean,
): AsyncGenerator<Example> {
  const plain = { ...config, data: { ...config.data, text: LINE, tokens: LINE } };
  for await (const row of rows) yield exampleOf(row, isPlain(row) ? plain : config, labelled);
}

/** Whether a row has no field but the one of plain lines: the text, or its words. */
const isPlain = ({ fields }: Row): boolean => typeof fields[LINE] === 'string' && Object.keys(fields).length === 1;

/** Counts the predictions in the scores, and tells at the end of texts that were cut or are blank. */
async function* watched(
  predictions: AsyncIterable<Prediction[]>,
  labels: readonly string[],
  scores: ClassifierScores | undefined,
): AsyncGenerator<Prediction[]> {
  const cut: string[] = [];
  const blank: string[] = [];
  for await (const some of predictions) {
    const right =
      scores &&
      numbered(
        some.map(({ example }) => example),
        labels,
      ).labels;
    for (const [i, { example, sequence, probabilities }] of some.entries()) {
      if (right) scores?.add(example, right[i], sequence, probabilities);
      if (sequence.leftOut > 0) cut.push(example.where);
      if (example.texts.every((text) => text.trim() === '')) blank.push(example.where);
    }
    yield some;
  }
  tell(cut, 'longer than the model takes: the end is not seen');
  tell(blank, 'blank: what is said of [CLS] [SEP]');
}

function tell(places: readonly string[], what: string): void {
  const others = places.length > 1 ? ` and ${places.length - 1} more` : '';
  if (places.length > 0) printError(`${places[0]}${others}: ${what}`);
}
