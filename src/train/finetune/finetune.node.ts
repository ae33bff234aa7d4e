import { join, relative } from 'node:path';
import { BertClassifier } from '../../bert/BertClassifier.ts';
import { openTokenizer, readTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { sha256 } from '../../data/digest.ts';
import { openDevice } from '../../kernels/choose.ts';
import { toYaml } from '../config/yaml/toYaml.ts';
import { openWeights } from '../import/openImported.node.ts';
import { modelSource } from '../import/modelSource.node.ts';
import { LossWindow } from '../lossWindow.ts';
import type { WindowState } from '../lossWindow.ts';
import { AdamW } from '../optimizer/adamw.ts';
import { newestModel } from '../run/checkpoint/readCheckpoint.node.ts';
import { exists } from '../run/disk.node.ts';
import { openRun } from '../run/openRun.node.ts';
import { differingKeys, expectUnchanged } from '../run/resume/changedKeys.ts';
import { expectSameCorpus } from '../run/resume/sameCorpus.ts';
import { withResumeAdvice } from '../run/resumeAdvice.ts';
import type { OpenedRun } from '../run/runFolder.ts';
import { watchSignals } from '../run/signals.node.ts';
import type { SignalWatch } from '../run/signals.node.ts';
import { writeParameters } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { encoderOptions, finetuneSchema, headOptions, metricOf, resolveFinetune } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { BestCheckpoint } from './bestCheckpoint.ts';
import { evaluatorOn, sequencesOf } from './evaluator.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';
import type { FinetuneView } from './finetuneView.ts';
import { readLabelledData } from './labelledData.node.ts';
import { balancedWeights, TrainingBatches } from './labelledSequences.ts';
import type { LabelledSequence } from './labelledSequences.ts';
import { finetuneSteps } from './loop.ts';

/**
 * A whole fine-tuning run: data, model, training, and the best checkpoint.
 * @returns the exit code: 0, or that of the signal which stopped the run
 */
export async function finetune(config: FinetuneConfig, resume: boolean, view: FinetuneView): Promise<number> {
  const tokenizer = tokenizerOf(config, resume);
  const data = await readLabelledData(config);
  const { names } = data;
  const options = encoderOptions(config, tokenizer.vocabSize);
  const before = resume ? await savedIn(join(config.out, 'checkpoints')) : undefined;
  const model = new BertClassifier(options, headOptions(config, names.length, before), config.seed);
  const begins =
    resume || config.model.weights === 'random'
      ? undefined
      : await openWeights(config.model.from, options, model.parameters.all);
  const device = await openDevice(config.device, config.cpu);
  let run: OpenedRun | undefined;
  let signals: SignalWatch | undefined;
  try {
    const notice = (text: string): void => view.notice(text);
    const yaml = toYaml(config, finetuneSchema);
    const expectSame = sameAs(config);
    run = await openRun({
      path: config.out,
      yaml,
      resume,
      keep: 1,
      tensorboard: config.log.tensorboard,
      notice,
      expectSame,
    });
    expectSameCorpus(run, data.fingerprint);
    const { checkpoint } = run;
    signals = watchSignals(({ name }) => view.stopping(name));
    const watch = signals;
    const train = sequencesOf(data.train, tokenizer, config);
    const evaluateModel = evaluatorOn(data.validation, names, tokenizer, config);
    for (const text of [...data.notices, ...shortenings(train, config.data.sequenceLength)]) view.notice(text);
    model.to(device);
    const { clipNorm, optimizer: rates, classWeights, batchSize, epochs } = config.train;
    const optimizer = new AdamW(device, model.parameters, { ...rates, clipNorm });
    if (checkpoint) {
      writeParameters(model.parameters, checkpoint.model);
      optimizer.restore({ steps: Number(checkpoint.state.optimizerSteps), tensors: checkpoint.optimizer });
    } else {
      const weights =
        begins ??
        (config.model.weights === 'random'
          ? undefined
          : await openWeights(config.model.from, options, model.parameters.all));
      for (const text of weights?.notices ?? []) view.notice(text);
      await weights?.writeTo(model.parameters.all);
    }
    const weights = classWeights === 'balanced' ? balancedWeights(train, names.length) : classWeights;
    const batches = new TrainingBatches(train, weights === 'none' ? undefined : weights, batchSize, config.seed);
    const steps = epochs * batches.perEpoch;
    const json = JSON.stringify(tokenizer.toJson());
    await run.begin(json, { 'labels.json': `${JSON.stringify(names, null, 2)}\n` });
    const state = {
      seed: config.seed,
      config,
      labels: names,
      corpus: data.fingerprint,
      tokenizer: await sha256(json),
      folder: relative(config.out, process.cwd()),
    };
    const window = new LossWindow(checkpoint?.state.window as WindowState | undefined);
    const best = new BestCheckpoint({ run, config, model, optimizer, device, window, state, view });
    const from = best.step ?? 0;
    const { all } = model.parameters;
    const trained = all.reduce((sum, { requiresGradient, size }) => sum + (requiresGradient ? size : 0), 0);
    view.begin({
      config,
      device,
      labels: names,
      examples: train.length,
      validationExamples: data.validation.examples.length,
      parameters: model.parameters.size,
      trained,
      steps,
      from,
      metric: metricOf(config),
    });
    const evaluate = (): Promise<ClassifierEvaluation> => evaluateModel(device, model);
    const last = await best.watching(() =>
      finetuneSteps(
        { config, device, model, optimizer, batches, steps, evaluate, window },
        from,
        best.observer(() => watch.stop !== undefined),
      ),
    );
    if (watch.stop && !best.exhausted && last < steps) {
      run.log('stop', { step: last, signal: watch.stop.name });
      view.stopped(last, best.step);
      return watch.stop.exitCode;
    }
    best.finish();
    return 0;
  } catch (error) {
    throw withResumeAdvice(error);
  } finally {
    signals?.close();
    await run?.close();
    await device.close();
  }
}

/** The weights that a run goes on from, if there are any yet. */
async function savedIn(checkpoints: string): Promise<HostTensors | undefined> {
  return (await exists(checkpoints)) ? (await newestModel(checkpoints)).checkpoint?.model : undefined;
}

/** Of a run that goes on its own, of a new one that of `model.from`. */
function tokenizerOf({ model, out }: FinetuneConfig, resume: boolean): Tokenizer {
  if (resume) return readTokenizer(`${out}/tokenizer.json`);
  const { tokenizer } = modelSource(model.from, out).fixed.data;
  return typeof tokenizer === 'object' && !('vocab' in tokenizer)
    ? readTokenizer(`${model.from}/tokenizer.json`)
    : openTokenizer(tokenizer as Exclude<typeof tokenizer, undefined | { vocabSize: number }>);
}

function shortenings(sequences: readonly LabelledSequence[], most: number): string[] {
  const cut = sequences.filter(({ leftOut }) => leftOut > 0).length;
  if (cut === 0) return [];
  return [
    `${cut} of ${sequences.length} training texts have more than ${most} tokens and lose their end (data.sequenceLength)`,
  ];
}

/** Throws unless the run to resume has such a config; where its model came from and where it runs may differ. */
const sameAs =
  (config: FinetuneConfig) =>
  (checkpoint: OpenedRun['checkpoint']): void => {
    const saved = checkpoint?.state.config;
    if (!saved) return;
    // resolved: older versions had fewer keys
    const before = resolveFinetune(JSON.stringify(saved), `${checkpoint.path}/state.json`, [], ['device', 'cpu']);
    const free = new Set(['model.from', 'data.train', 'data.validation']); // the fingerprint of the examples decides
    const changed = differingKeys(before, config).filter(({ key }) => !free.has(key));
    expectUnchanged(config.out, changed);
  };
