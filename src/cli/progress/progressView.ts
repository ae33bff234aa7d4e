import { percent } from '../../data/percent.ts';
import type { PretrainView, RunFacts } from '../../train/pretrainView.ts';
import { renderSamples } from '../../train/evaluate/samples.ts';
import type { Sample } from '../../train/evaluate/samples.ts';
import { microBatchesBefore } from '../../train/length/microBatches.ts';
import type { RunLength } from '../../train/length/runLength.ts';
import { inLine } from '../print/print.ts';
import { noteLines } from '../print/notes.ts';
import { formatCount } from './format.ts';
import { lastLines } from './lastLines.ts';
import type { Outcome } from './lastLines.ts';
import { LiveOutput } from './output.ts';
import type { Output } from './output.ts';
import { preparationView } from './preparation.ts';
import { TimeLeft } from './timeLeft.ts';
import { liveLine, trainLine, validateLine } from './trainingLines.ts';
import type { TrainingProgress } from './trainingLines.ts';

/** Shows a run as text: one live line and what is worth keeping on a terminal, elsewhere a plain line for each of the log. */
export function progressView(
  output: Output,
  resumeCommand: string,
  now: () => number = () => performance.now(),
): PretrainView {
  const live = new LiveOutput(output, now);
  const prepare = preparationView(output);
  let timeLeft = new TimeLeft(now());
  let progress: TrainingProgress = {
    step: 0,
    steps: undefined,
    epochsAStep: 0,
    loss: undefined,
    tokensPerSecond: Number.NaN,
    secondsLeft: Number.NaN,
    compiling: undefined,
  };
  let began: { readonly at: number; readonly facts: RunFacts } | undefined;
  let last: Outcome['last'];
  let best: Outcome['best'];
  const update = (changes: Partial<TrainingProgress>): void => {
    progress = { ...progress, ...changes };
    live.show((width) => liveLine(progress, width));
  };
  return {
    preparing(event) {
      live.clear(); // the next step shows it again
      prepare(event);
    },
    compiling(done, total) {
      if (began) update({ compiling: done < total ? { done, total } : undefined });
    },
    begin(facts) {
      live.print(factLines(facts));
      timeLeft = new TimeLeft(now());
      const { length, from } = facts;
      began = { at: now(), facts };
      update({ step: from, steps: 'steps' in length ? length.steps : undefined });
    },
    step(step) {
      timeLeft.add(now());
      if (!began) return;
      const { config, data, length, seconds } = began.facts;
      const epochsAStep = microBatchesBefore(config.train, step + 1) / data.train.stepsPerEpoch / step;
      if ('steps' in length) update({ step, epochsAStep, secondsLeft: timeLeft.seconds(length.steps - step) });
      else {
        const secondsLeft = Math.max(0, length.seconds - seconds - (now() - began.at) / 1000);
        update({ step, epochsAStep, secondsLeft, share: 1 - secondsLeft / length.seconds });
      }
    },
    train(_step, report) {
      update({ loss: report.loss, tokensPerSecond: report.tokensPerSecond });
      if (!live.live) live.print(trainLine(progress, report));
    },
    validate(step, evaluation) {
      last = { step, evaluation };
      if (!best || evaluation.loss < best.loss) best = { step, loss: evaluation.loss };
      live.print(validateLine(step, progress.steps, evaluation));
    },
    saved: (path) => {
      if (!live.live) live.print(`saved ${path}`);
    },
    diagnosed: (diagnosis) => live.print(noteLines([diagnosis]).join('\n')),
    stopping: (signal) => live.print(`${signal}: saving after this step; once more to leave at once, without saving`),
    stopped(step) {
      live.clear();
      live.print(`stopped at step ${step}, all is saved; go on with\n  ${resumeCommand}`);
    },
    finished(found, early, diagnoses = []) {
      live.clear();
      if (early) live.print('no better for validate.patience validations: training ends');
      if (!found || !began) return;
      live.print(
        `\nWords of the validation text in brackets, each masked for the model, and its guesses (+ for a right first guess):\n`,
      );
      live.print(renderSamples(found.map(oneLine)));
      const { step } = progress;
      const { from, config } = began.facts;
      const [steps, seconds] = [step - from, (now() - began.at) / 1000];
      live.print(`\n${lastLines({ steps, seconds, last, best, out: config.out, diagnoses })}`);
    },
  };
}

/** Words come from the vocabulary, which may be anybody's: none may begin a line of its own. */
const oneLine = ({ before, truth, after, guesses }: Sample): Sample => ({
  before: inLine(before),
  truth: inLine(truth),
  after: inLine(after),
  guesses: guesses.map(({ token, probability }) => ({ token: inLine(token), probability })),
});

function factLines({ config, data, device, ranks, parameters, from, length, passedOver, notices }: RunFacts): string {
  const { documents, tokens, trainTokens, validationTokens, unknownTokens } = data.statistics;
  const unknown = unknownTokens > 0 ? `, ${percent(unknownTokens / tokens)} of them unknown ([UNK])` : '';
  const { preset, layers, embeddingSize, heads } = config.model;
  return [
    `data    ${formatCount(documents)} documents, ${formatCount(trainTokens)} tokens to train on, ${formatCount(validationTokens)} to validate on${unknown}, ${data.tokenizer.vocabSize} in the vocabulary`,
    `model   ${preset}: ${layers} ${layers === 1 ? 'block' : 'blocks'}, embedding size ${embeddingSize}, ${heads} heads, ${formatCount(parameters)} parameters`,
    `device  ${device.name}: ${device.description}${ranks?.description === undefined ? '' : `; ${ranks.description}`}`,
    `run     ${config.out}`,
    ...mixtureLines(data, config, length),
    ...passedOver.map(({ path, reason }) => `passed over ${path}: ${reason}`),
    ...(from > 0 ? [`going on from step ${from}`] : []),
    ...notices,
  ].join('\n');
}

/** What texts are mixed in which shares, and how often each is seen in the whole run, unless that is by the clock. */
function mixtureLines(
  { statistics, train }: RunFacts['data'],
  { data, train: batching }: RunFacts['config'],
  length: RunLength,
): string[] {
  const patterns = data.corpus.filter((pattern) => !pattern.startsWith('!'));
  return statistics.mixture.map(({ share, sequences }, i) => {
    const line = `${i === 0 ? 'mixture' : '       '} ${percent(share)} ${patterns[i]}`;
    if (!('steps' in length)) return line;
    const { steps } = length;
    const drawn = (microBatchesBefore(batching, steps + 1) * train.sequences) / train.stepsPerEpoch;
    const epochs = (drawn * share) / sequences;
    return `${line}, ${epochs.toFixed(epochs < 10 ? 1 : 0)} epochs in ${steps} steps`;
  });
}
