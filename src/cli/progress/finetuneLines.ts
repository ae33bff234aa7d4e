import type { FinetuneView } from '../../train/finetune/finetuneView.ts';
import { evaluationLines, inShort } from '../classifier/classifierTables.ts';
import { inLine, print, printError } from '../print/print.ts';

/** Shows fine-tuning as lines. */
export function finetuneLines(): FinetuneView {
  let labelNames: readonly string[] = [];
  let allSteps = 0;
  const stepOf = (step: number): string => `step ${String(step).padStart(String(allSteps).length)}/${allSteps}`;
  return {
    notice: printError,
    begin({ config, device, labels, examples, validationExamples, parameters, trained, steps, from, metric }) {
      const what =
        config.task === 'token' ? 'texts with tags' : config.data.pair === 'none' ? 'texts' : 'pairs of texts';
      labelNames = labels;
      allSteps = steps;
      print(`data    ${examples} ${what} to train on, ${validationExamples} to validate on; labels: ${shown(labels)}`);
      print(`model   ${config.model.from}, ${millions(parameters)} parameters, ${millions(trained)} of them trained`);
      print(`device  ${device.name}: ${device.description}`);
      print(`run     ${config.out}; the best checkpoint by ${metric} stays`);
      if (from > 0) print(`goes on from step ${from}, the best so far`);
    },
    train(step, { loss, learningRate, tokensPerSecond }) {
      print(
        `${stepOf(step)}  loss ${loss.toFixed(4)}  learning rate ${learningRate.toExponential(2)}  ${Math.round(tokensPerSecond)} tokens/s`,
      );
    },
    validate(step, evaluation, best) {
      print(`${stepOf(step)}  validation ${inShort(evaluation)}${best ? '  best so far' : ''}`);
    },
    stopping(signal) {
      printError(`${signal}: stops after this step; once more to stop at once`);
    },
    stopped(step, best) {
      print(
        best === undefined
          ? `stopped at step ${step}, before the first validation: nothing is saved`
          : `stopped at step ${step}: the best checkpoint is of step ${best}; go on from it with --resume`,
      );
    },
    finished({ step, evaluation }, early) {
      if (early) print('no better for validate.patience validations: training ends');
      print(
        `\nthe best checkpoint, of step ${step}, on the validation text:\n${evaluationLines(evaluation, labelNames)}`,
      );
    },
  };
}

const MOST_SHOWN = 12;
const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;
const shown = (labels: readonly string[]): string =>
  labels.slice(0, MOST_SHOWN).map(inLine).join(', ') +
  (labels.length > MOST_SHOWN ? ` and ${labels.length - MOST_SHOWN} more` : '');
