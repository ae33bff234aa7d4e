import { Bert } from '../bert/Bert.ts';
import type { OpenedData } from '../data/openedData.ts';
import { prefetched } from '../data/batches/prefetched.ts';
import type { Device } from '../kernels/device.ts';
import { openOptimizer } from './optimizer/openOptimizer.ts';
import type { Config } from './config/table/table.ts';
import { BertrandError } from '../error.ts';
import { alone } from '../ranks/communicator.ts';
import type { Communicator } from '../ranks/communicator.ts';
import { explained } from './anomaly/goBack.ts';
import type { EarlierStates } from './anomaly/goBack.ts';
import { closerLook } from './diagnose/closerLook.ts';
import type { Diagnosis } from './diagnose/diagnose.ts';
import { RunWatch } from './diagnose/runWatch.ts';
import { DivergenceError, LossWatch } from './divergence.ts';
import { firstBatches } from './evaluate/firstBatches.ts';
import { train } from './loop.ts';
import type { Ended, Observer, Training } from './loop.ts';
import { LowestLoss } from './length/lowestLoss.ts';
import { microBatchesBefore } from './length/microBatches.ts';
import { expectStepsLeft, runLength, shareDone } from './length/runLength.ts';
import { TrainingClock } from './length/trainingClock.ts';
import { LossWindow } from './lossWindow.ts';
import type { WindowState } from './lossWindow.ts';
import { modelOptions } from './config/modelOptions.ts';
import { expectParameters, writeParameters } from './modelState.ts';
import { averaged, WeightAverage, withoutRaw } from './optimizer/weightAverage.ts';
import type { TrainingView } from './pretrainView.ts';
import type { TrainingState } from './run/checkpoint/checkpoint.ts';
import type { RunFolder } from './run/runFolder.ts';
import { logged } from './record/loggedSamples.ts';
import { expectSameCorpus } from './run/resume/sameCorpus.ts';
import { alwaysSaved } from './saving/alwaysSaved.ts';
import { Saver } from './saving/saver.ts';
import { Throughput } from './throughput.ts';

/** What a run is made of. */
export interface RunParts {
  readonly config: Config;
  readonly device: Device;
  readonly data: OpenedData;
  /** Where it is kept, and the checkpoint that it goes on from. */
  readonly run: RunFolder;
  /** The data's fingerprint. */
  readonly corpus: string;
  /** SHA-256 of the run's tokenizer.json, where it is known. */
  readonly tokenizer?: string;
  /** SHA-256 of the validation text that the run keeps, if it does. */
  readonly validation?: string;
  /** The folder that the config's relative paths start from, relative to the run's folder; undefined where there are no folders. */
  readonly folder?: string;
  /** Those that train together; a process by itself if left out. */
  readonly ranks?: Communicator;
  /** The state to go on from, where it is not that of the run's checkpoint: on ranks that get their weights from another. */
  readonly state?: TrainingState | undefined;
  /** Where training diverges, the step is made once more from one of these, and each of its results looked at. */
  readonly earlier?: EarlierStates | undefined;
}

/** A run in memory: its model and optimizer on a device, at the step of its checkpoint or at 0. */
export class Session {
  readonly training: Training;
  readonly #parts: RunParts;
  readonly #saver: Saver;
  readonly #watch: RunWatch;
  #step = 0;

  /** Throws a BertrandError if the run was trained on another corpus, or has more steps already than it is to have. */
  constructor(parts: RunParts) {
    const { config, device, data, run, corpus, ranks, state = run.checkpoint?.state } = parts;
    expectSameCorpus(run, corpus);
    const length = runLength(config, data);
    expectStepsLeft(length, state?.step ?? 0, run.path);
    const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed);
    if (run.checkpoint) expectParameters(model.parameters, run.checkpoint.model); // before memory is taken for it
    model.to(device);
    const { accumulate, ema } = config.train;
    const batches = prefetched(data.train, accumulate);
    this.#parts = parts;
    this.training = {
      config,
      device,
      model,
      recompute: config.train.recompute,
      optimizer: openOptimizer(device, model.parameters, config.train, ranks),
      ...(ema > 0 && { average: new WeightAverage(device, model.parameters, ema) }),
      trainBatch: (index) => batches.at(index),
      validationBatches: () => firstBatches(data.validation, config.validate.batches, ranks),
      baseline: data.baseline,
      window: new LossWindow(
        state?.window as WindowState | undefined,
        new LossWatch(Math.log(data.tokenizer.vocabSize), state?.best),
      ),
      length,
      clock: new TrainingClock(state?.seconds),
      lowest: new LowestLoss(state?.lowest),
      ...(ranks && { ranks }),
    };
    const { sequenceLength } = config.data;
    this.#watch = new RunWatch({ sequenceLength, clipNorm: config.train.clipNorm, ...sharesOf(data) }, [
      'unknownTokens',
      'duplicates',
    ]);
    this.#restore(state);
    this.#saver = new Saver(this.training, run, alwaysSaved(parts), state && run.checkpoint?.path);
  }

  /** The last step that was made. */
  get step(): number {
    return this.#step;
  }

  /** The newest checkpoint's path, if there is one. */
  get saved(): string | undefined {
    return this.#saver.saved;
  }

  /** What seems to be wrong with it now. */
  get diagnoses(): Diagnosis[] {
    return this.#watch.all;
  }

  get parameters(): number {
    return this.training.model.parameters.size;
  }

  /** Trains to the run's end, or until asked to stop: then it saves first, and may be called again. What is saved is on disk when it ends. */
  async train(view: TrainingView, stopRequested: () => boolean): Promise<Ended> {
    const { run, device, data } = this.#parts;
    const { length } = this.training;
    run.log(this.#step === 0 ? 'start' : 'resume', {
      step: this.#step,
      ...('steps' in length && { steps: length.steps }),
      device: device.name,
      parameters: this.parameters,
      ...sharesOf(data),
    });
    try {
      const ended = await train(this.training, this.#step, this.#observer(view, stopRequested));
      await this.#saver.end();
      if (ended.ending !== 'stop') run.log('end', { step: ended.step, reason: ended.ending });
      return ended;
    } catch (error) {
      await this.#saver.settle();
      const reported = error instanceof DivergenceError ? await this.#diverged(error, stopRequested) : error;
      this.#note(reported);
      throw reported;
    }
  }

  /** Training has diverged; the checkpoints saved before it are still good. */
  async #diverged(error: DivergenceError, stopRequested: () => boolean): Promise<BertrandError> {
    const { saved } = this.#saver;
    const { earlier } = this.#parts;
    const step = error.step ?? this.#step;
    const survivor = saved === undefined ? 'no checkpoint was saved' : `${saved} is from before`;
    const message = `${error.message} (${survivor})`;
    if (!earlier || error.isFinite) return new BertrandError(message, { cause: error });
    const found = await explained(this.training, { step, saved, stopRequested }, earlier);
    return new BertrandError(`${message}\n${found}`, { cause: error });
  }

  /** Writes a last line to the metrics, unless writing them is what failed. */
  #note(error: unknown): void {
    try {
      this.#parts.run.log('error', {
        step: this.#step,
        message: error instanceof Error ? error.message : String(error),
      });
    } catch {
      // the first error is the one to report
    }
  }

  /** Goes on from a state; its tensors are those of the run's checkpoint, if there is one. */
  #restore(state: TrainingState | undefined): void {
    if (!state) return;
    const { checkpoint } = this.#parts.run;
    const { model, optimizer, average } = this.training;
    const steps = Number(state.optimizerSteps);
    this.#step = state.step;
    if (!checkpoint) return optimizer.goOnFrom(steps);
    writeParameters(model.parameters, checkpoint.model);
    average?.restore(checkpoint.optimizer);
    optimizer.restore({ steps, tensors: withoutRaw(checkpoint.optimizer) });
  }

  /** Logs and displays what the loop reports. */
  #observer(view: TrainingView, stopRequested: () => boolean): Observer {
    const { config, device, model, average, length, clock } = this.training;
    const { run, data, ranks = alone } = this.#parts;
    const throughput = new Throughput();
    const watch = this.#watch;
    return {
      onStep: (step, tokens) => {
        this.#step = step;
        throughput.add(tokens);
        view.step(step, tokens);
        this.#saver.check();
      },
      onTrain(step, report) {
        const tokensPerSecond = throughput.close();
        run.log('train', {
          step,
          epoch: microBatchesBefore(config.train, step + 1) / data.train.stepsPerEpoch,
          ...report,
          tokensPerSecond,
          peakMemory: device.memory.peak,
        });
        watch.train(report.gradNorm);
        view.train(step, { ...report, tokensPerSecond });
      },
      async onValidate(step, evaluation) {
        if (ranks.rank === 0) {
          const { units, samples } = await averaged(average, () => closerLook(device, model, data));
          run.log('validate', { step, ...evaluation, ...units, samples: logged(samples) });
          view.validate(step, evaluation);
          const share = shareDone(length, step, clock.seconds);
          for (const diagnosis of watch.validate({ share, ...evaluation, ...units })) view.diagnosed?.(diagnosis);
        }
        throughput.restart();
      },
      save: async (step, scheduled) => {
        await this.#saver.save(step, scheduled, (path) => view.saved(path));
        throughput.restart();
      },
      stopRequested,
      rest: () => this.#saver.rest(),
    };
  }
}

/** Of the text what is never learnt, and of the text to validate on what is learnt by heart. */
function sharesOf({ statistics }: OpenedData): { unknownShare: number; duplicateShare: number } {
  const { tokens, unknownTokens, validationTokens, duplicateTokens } = statistics;
  return { unknownShare: unknownTokens / tokens, duplicateShare: duplicateTokens / validationTokens };
}
