import type { OnProgress } from '../../data/progress.ts';
import { openDevice } from '../../kernels/choose.ts';
import { runDeviceOptions } from '../../train/config/runDeviceOptions.ts';
import { cloze } from '../../train/evaluate/cloze.ts';
import { evaluate } from '../../train/evaluate/evaluation.ts';
import { diagnosesOf } from '../../train/diagnose/diagnosesOf.node.ts';
import { evaluationData, givenText } from '../../train/evaluate/evaluationData.node.ts';
import { openMasked } from '../../train/import/openMasked.node.ts';
import { expectScoresFit } from '../../train/measure/scoresFit.ts';
import { deviceOption, jsonOption, modelFolder } from '../arguments/options.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { noteLines } from '../print/notes.ts';
import { perCharacter } from '../print/perCharacter.ts';
import { print, printError } from '../print/print.ts';
import { preparationView } from '../progress/preparation.ts';

export const evaluateCommand = command(
  'evaluate <run>',
  'Loss, perplexity and accuracy on frozen masks',
  (cli) =>
    cli
      .positional('run', modelFolder)
      .option('corpus', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: "Files or globs to evaluate on, or - for the standard input, instead of the run's validation text",
      })
      .option('field', {
        type: 'string',
        requiresArg: true,
        describe: "Field or column of the texts in --corpus, instead of the run's data.field",
      })
      .options({ device: deviceOption, json: jsonOption }),
  async ({ run, corpus, field, device: choice, json }) => {
    if (field !== undefined && !corpus)
      throw new UsageError('--field: found no --corpus; expected both', { advice: 'name the files, too' });
    const opened = await openMasked(run);
    const { trained, path, config, passedOver } = opened;
    if (!trained && !corpus)
      throw new UsageError(`--corpus: found none; expected text, since ${run} is no run that keeps its own`, {
        advice: 'name files to evaluate on',
      });
    for (const notice of opened.notices) printError(notice);
    const device = await openDevice(choice, runDeviceOptions(config));
    expectScoresFit(device, config);
    const onProgress = preparationView(process.stderr);
    const data = await (trained && !corpus
      ? evaluationData(trained, onProgress)
      : givenText(opened, { corpus: corpus ?? [], field }, onProgress));
    const watch = watched(2 * data.count, onProgress);
    const model = await opened.modelOn(device);
    const result = await evaluate(device, model, watch(data.batches()), data.baseline);
    const words = await cloze(device, model, opened.tokenizer, watch(data.batches()));
    const diagnoses = corpus || !trained ? [] : await diagnosesOf(trained, device, model, data.batches(), result);
    await data.close();
    await device.close();
    if (json)
      print(
        JSON.stringify(
          {
            checkpoint: path,
            step: trained?.step,
            passedOver,
            ...result,
            cloze: words,
            diagnoses,
          },
          null,
          2,
        ),
      );
    else {
      print(`${path}, on ${result.count} masked tokens of ${corpus?.join(' ') ?? "the run's validation text"}`);
      print(
        `loss         ${result.loss.toFixed(4)} nats (without context: ${result.contextFreeLoss.toFixed(4)}, by frequency: ${result.unigramLoss.toFixed(4)})`,
      );
      print(`             ${perCharacter(result)}`);
      print(`perplexity   ${result.perplexity.toFixed(1)}`);
      print(`accuracy     ${(100 * result.accuracy).toFixed(1)} %`);
      if (words.count > 0)
        print(
          `words        ${((100 * words.right) / words.count).toFixed(1)} % of ${words.count} found, one of each sequence`,
        );
      for (const line of noteLines(diagnoses)) print(line);
    }
    return 0;
  },
);

/** Passes batches on; each that is asked for means that those before it are done. */
function watched(
  total: number,
  onProgress: OnProgress,
): <Batch>(batches: AsyncIterable<Batch>) => AsyncGenerator<Batch> {
  let done = 0;
  return async function* (batches) {
    for await (const batch of batches) {
      onProgress({ stage: 'evaluating', done, total });
      yield batch;
      done += 1;
    }
    onProgress({ stage: 'evaluating', done, total });
  };
}
