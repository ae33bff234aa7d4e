import { relative } from 'node:path';
import { Bert } from '../bert/Bert.ts';
import { openData } from '../data/openData.node.ts';
import type { OpenedData } from '../data/openedData.ts';
import { prefetched } from '../data/prefetched.ts';
import { openDevice } from '../kernels/choose.ts';
import type { Device } from '../kernels/device.ts';
import { AdamW } from './adamw.ts';
import type { Config } from './config/table.ts';
import { toYaml } from './config/toYaml.ts';
import { dataOptions } from './dataOptions.ts';
import { trainingDeviceOptions } from './deviceOptions.ts';
import { expectFiniteTensors } from './divergence.ts';
import { firstBatches } from './firstBatches.ts';
import { train } from './loop.ts';
import type { Observer, Training } from './loop.ts';
import { LossWindow } from './lossWindow.ts';
import type { WindowState } from './lossWindow.ts';
import { modelOptions } from './modelOptions.ts';
import { readParameters, writeParameters } from './modelState.ts';
import type { PretrainView } from './pretrainView.ts';
import { openRun } from './run/openRun.node.ts';
import type { RunFolder } from './run/runFolder.ts';
import { expectSameCorpus } from './run/sameCorpus.ts';
import { watchSignals } from './run/signals.node.ts';
import type { SignalWatch } from './run/signals.node.ts';
import { samples } from './samples.ts';
import { expectScoresFit } from './scoresFit.ts';
import { Throughput } from './throughput.ts';

const SAMPLES = 8;

/**
 * A whole run: data, model, training, checkpoints, and at the end some of what was learnt.
 * @returns the exit code: 0, or that of the signal which stopped the run
 */
export async function pretrain(config: Config, resume: boolean, view: PretrainView): Promise<number> {
  const device = await openDevice(config.device, trainingDeviceOptions(config));
  let run: RunFolder | undefined;
  let data: OpenedData | undefined;
  let signals: SignalWatch | undefined;
  try {
    expectScoresFit(device, config);
    run = await openRun({ path: config.out, config, yaml: toYaml(config), resume, keep: config.checkpoint.keep });
    data = await openData(dataOptions(config), view.preparing);
    signals = watchSignals(({ name }) => view.stopping(name));
    return await pretrainOn({ config, device, run, data, signals, view });
  } finally {
    signals?.close();
    await run?.close();
    await device.close();
    await data?.close();
  }
}

interface Opened {
  readonly config: Config;
  readonly device: Device;
  readonly run: RunFolder;
  readonly data: OpenedData;
  readonly signals: SignalWatch;
  readonly view: PretrainView;
}

async function pretrainOn({ config, device, run, data, signals, view }: Opened): Promise<number> {
  await run.saveTokenizer(JSON.stringify(data.tokenizer.toJson()));
  const corpus = await data.fingerprint();
  expectSameCorpus(run, corpus);
  const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed).to(device);
  const { optimizer, clipNorm, accumulate } = config.train;
  const batches = prefetched(data.train, accumulate);
  const training: Training = {
    config,
    device,
    model,
    optimizer: new AdamW(device, model.parameters, { ...optimizer, clipNorm }),
    trainBatch: (index) => batches.at(index),
    validationBatches: () => firstBatches(data.validation, config.validate.batches),
    unigram: data.unigram,
    window: new LossWindow(run.checkpoint?.state.window as WindowState | undefined),
  };
  const from = restore(training, run);
  view.begin({ config, data, device, parameters: model.parameters.size, from, passedOver: run.passedOver });
  run.log(from === 0 ? 'start' : 'resume', { step: from, device: device.name, parameters: model.parameters.size });
  const last = await train(training, from, observer(training, { run, corpus, view, signals }));
  if (last < config.train.steps && signals.stop) {
    run.log('stop', { step: last, signal: signals.stop.name });
    view.stopped(last);
    return signals.stop.exitCode;
  }
  view.finished(await samples(device, model, data.tokenizer, await data.validation.at(0), SAMPLES));
  return 0;
}

/** Takes up the run's checkpoint, if there is one; returns the step it was made at. */
function restore({ model, optimizer }: Training, { checkpoint }: RunFolder): number {
  if (!checkpoint) return 0;
  writeParameters(model.parameters, checkpoint.model);
  optimizer.restore({ steps: Number(checkpoint.state.optimizerSteps), tensors: checkpoint.optimizer });
  return checkpoint.state.step;
}

interface Watched extends Pick<Opened, 'run' | 'view' | 'signals'> {
  /** The fingerprint of what is trained on. */
  readonly corpus: string;
}

/** Writes down and shows what the loop reports. */
function observer(training: Training, { run, corpus, view, signals }: Watched): Observer {
  const { config, model, optimizer, window } = training;
  const throughput = new Throughput();
  return {
    onStep(step, tokens) {
      throughput.add(tokens);
      view.step(step, tokens);
    },
    onTrain(step, report) {
      const tokensPerSecond = throughput.close();
      run.log('train', { step, ...report, tokensPerSecond });
      view.train(step, { ...report, tokensPerSecond });
    },
    onValidate(step, evaluation) {
      run.log('validate', { step, ...evaluation });
      view.validate(step, evaluation);
      throughput.restart();
    },
    async save(step) {
      const { steps, tensors } = await optimizer.state();
      const weights = await readParameters(model.parameters);
      expectFiniteTensors(weights);
      const folder = relative(run.path, process.cwd());
      const state = { step, seed: config.seed, optimizerSteps: steps, window: await window.state(), corpus, folder };
      const scheduled = step % config.checkpoint.every === 0 || step === config.train.steps;
      view.saved(await run.save({ model: weights, optimizer: tensors, state }, { scheduled }));
      throughput.restart();
    },
    stopRequested: () => signals.stop !== undefined,
  };
}
