import type { Example } from '../../data/labelled/example.ts';
import { rowFormats } from '../../data/labelled/row.ts';
import type { Row } from '../../data/labelled/row.ts';
import { readRows } from '../../data/labelled/rowsFile.node.ts';
import { formatOf } from '../../data/labelled/rowsOf.ts';
import { openDevice } from '../../kernels/choose.ts';
import { openClassifier } from '../../train/finetune/classifier.node.ts';
import type { TrainedClassifier } from '../../train/finetune/classifier.node.ts';
import { evaluateClassifier } from '../../train/finetune/evaluateClassifier.ts';
import { exampleOf, numbered } from '../../train/finetune/labelledData.node.ts';
import { predict } from '../../train/finetune/predict.ts';
import type { Prediction } from '../../train/finetune/predict.ts';
import { deviceOption } from '../arguments/options.ts';
import { evaluationLines } from '../classifier/classifierTables.ts';
import { PredictionLines } from '../classifier/predictionLines.ts';
import { command } from '../command.ts';
import { print, printError } from '../print/print.ts';

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
    const classifier = await openClassifier(run);
    for (const notice of classifier.notices) printError(notice);
    const rows = await readRows(file, input);
    const plain = (input ?? (file === '-' ? undefined : formatOf(file))) === 'lines' || isPlain(rows);
    const examples = rows.map((row) => exampleOf(row, readerOf(classifier, plain), evaluate));
    const { labels, tokenizer, config } = classifier;
    const right = evaluate ? numbered(examples, labels).labels : [];
    const lines = await PredictionLines.open(out, format, config.task, labels);
    const device = await openDevice(choice, { products: config.cpu.products === 'wasm' ? 'wasm' : 'auto' });
    const all: Prediction[] = [];
    let done = 0;
    try {
      for await (const predictions of predict(device, classifier.modelOn(device), tokenizer, config, examples)) {
        const some = examples.slice(done, done + predictions.length);
        await lines.write(some, predictions, evaluate);
        if (evaluate) all.push(...predictions);
        tellShortened(some, predictions);
        done += predictions.length;
      }
      await lines.close();
    } catch (error) {
      await lines.abandon();
      throw error;
    } finally {
      await device.close();
    }
    if (evaluate) {
      const [sequences, results] = [all.map(({ sequence }) => sequence), all.map(({ probabilities }) => probabilities)];
      const evaluation = evaluateClassifier(config.task, labels, examples, right, sequences, results);
      // what goes on to another program are the answers alone
      (out === undefined ? printError : print)(evaluationLines(evaluation, labels));
    }
    return 0;
  },
);

/** Rows that have no field but the one of plain lines. */
const isPlain = (rows: readonly Row[]): boolean =>
  rows.every(({ fields }) => Object.keys(fields).join() === 'text' && typeof fields.text === 'string');

/** In plain lines the text, or its words, is all there is. */
function readerOf({ config }: TrainedClassifier, plain: boolean): Pick<TrainedClassifier['config'], 'task' | 'data'> {
  if (!plain) return config;
  return { task: config.task, data: { ...config.data, text: 'text', tokens: 'text' } };
}

const MOST_TOLD = 5;

function tellShortened(examples: readonly Example[], predictions: readonly Prediction[]): void {
  const cut = examples.filter((_, i) => predictions[i].sequence.leftOut > 0);
  for (const { where } of cut.slice(0, MOST_TOLD))
    printError(`${where}: longer than the model takes: its end is not seen`);
  if (cut.length > MOST_TOLD) printError(`... and ${cut.length - MOST_TOLD} more`);
}
