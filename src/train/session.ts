import { Bert } from '../bert/Bert.ts';
import type { OpenedData } from '../data/openedData.ts';
import { prefetched } from '../data/batches/prefetched.ts';
import type { Device } from '../kernels/device.ts';
import { AdamW } from './optimizer/adamw.ts';
import type { Config } from './config/table/table.ts';
import { BertrandError } from '../error.ts';
import { alone } from '../ranks/communicator.ts';
import type { Communicator } from '../ranks/communicator.ts';
import { fromFirst } from '../ranks/together.ts';
import { explained } from './anomaly/goBack.ts';
import type { EarlierStates } from './anomaly/goBack.ts';
import { closerLook } from './diagnose/closerLook.ts';
import type { Diagnosis } from './diagnose/diagnose.ts';
import { RunWatch } from './diagnose/runWatch.ts';
import { DivergenceError, expectFiniteTensors, LossWatch } from './divergence.ts';
import { firstBatches } from './evaluate/firstBatches.ts';
import { train } from './loop.ts';
import type { Observer, Training } from './loop.ts';
import { LossWindow } from './lossWindow.ts';
import type { WindowState } from './lossWindow.ts';
import { modelOptions } from './config/modelOptions.ts';
import { expectParameters, readParameters, writeParameters } from './modelState.ts';
import { expectSameWeights } from './parallel/sameState.ts';
import type { TrainingView } from './pretrainView.ts';
import type { JsonObject, TrainingState } from './run/checkpoint/checkpoint.ts';
import type { RunFolder } from './run/runFolder.ts';
import { logged } from './record/loggedSamples.ts';
import { expectSameCorpus } from './run/resume/sameCorpus.ts';
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
  /** The folder that the config's relative paths start from, relative to the run's folder; undefined where there are no folders. */
  readonly folder?: string;
  /** Those that train together; a process by itself if left out. */
  readonly ranks?: Communicator;
  /** The state to go on from, where it is not that of the run's checkpoint: on ranks that get their weights from another. */
  readonly state?: TrainingState | undefined;
  /** Where training diverges, the step is made once more from one of these, and each of its results looked at. */
  readonly earlier?: EarlierStates | undefined;
}

type OptimizerState = Awaited<ReturnType<AdamW['state']>>;

/** A run in memory: its model and optimizer on a device, at the step of its checkpoint or at 0. */
export class Session {
  readonly training: Training;
  readonly #parts: RunParts;
  #step = 0;
  /** The newest checkpoint's path. */
  #saved: string | undefined;
  readonly #watch: RunWatch;

  /** Throws a BertrandError if the run was trained on another corpus. */
  constructor(parts: RunParts) {
    const { config, device, data, run, corpus, ranks, state = run.checkpoint?.state } = parts;
    expectSameCorpus(run, corpus);
    const model = new Bert(modelOptions(config, data.tokenizer.vocabSize), config.seed);
    if (run.checkpoint) expectParameters(model.parameters, run.checkpoint.model); // before memory is taken for it
    model.to(device);
    const { optimizer, clipNorm, accumulate, shardOptimizer } = config.train;
    const batches = prefetched(data.train, accumulate);
    this.#parts = parts;
    this.training = {
      config,
      device,
      model,
      recompute: config.train.recompute,
      optimizer: new AdamW(device, model.parameters, { ...optimizer, clipNorm }, shardOptimizer ? ranks : undefined),
      trainBatch: (index) => batches.at(index),
      validationBatches: () => firstBatches(data.validation, config.validate.batches, ranks),
      baseline: data.baseline,
      window: new LossWindow(
        state?.window as WindowState | undefined,
        new LossWatch(Math.log(data.tokenizer.vocabSize), state?.best),
      ),
      ...(ranks && { ranks }),
    };
    this.#watch = new RunWatch({ steps: config.train.steps, clipNorm, ...sharesOf(data) }, [
      'unknownTokens',
      'duplicates',
    ]);
    this.#restore(state);
  }

  /** The last step that was made. */
  get step(): number {
    return this.#step;
  }

  /** The newest checkpoint's path, if there is one. */
  get saved(): string | undefined {
    return this.#saved;
  }

  /** What seems to be wrong with it now. */
  get diagnoses(): Diagnosis[] {
    return this.#watch.all;
  }

  get parameters(): number {
    return this.training.model.parameters.size;
  }

  /**
   * Trains to the config's last step, or until asked to stop: then it saves first, and may be called again.
   * @returns the last step that was made
   */
  async train(view: TrainingView, stopRequested: () => boolean): Promise<number> {
    const { run, device, data } = this.#parts;
    run.log(this.#step === 0 ? 'start' : 'resume', {
      step: this.#step,
      device: device.name,
      parameters: this.parameters,
      ...sharesOf(data),
    });
    try {
      return await train(this.training, this.#step, this.#observer(view, stopRequested));
    } catch (error) {
      const reported = error instanceof DivergenceError ? await this.#diverged(error, stopRequested) : error;
      this.#note(reported);
      throw reported;
    }
  }

  /** Training has diverged; the checkpoints saved before it are still good. */
  async #diverged(error: DivergenceError, stopRequested: () => boolean): Promise<BertrandError> {
    const saved = this.#saved;
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
    const { model, optimizer } = this.training;
    const steps = Number(state.optimizerSteps);
    this.#step = state.step;
    if (!checkpoint) return optimizer.goOnFrom(steps);
    writeParameters(model.parameters, checkpoint.model);
    optimizer.restore({ steps, tensors: checkpoint.optimizer });
    this.#saved = checkpoint.path;
  }

  /** Logs and displays what the loop reports. */
  #observer(view: TrainingView, stopRequested: () => boolean): Observer {
    const { config, device, model, optimizer, window } = this.training;
    const { run, data, corpus, tokenizer, folder, ranks = alone } = this.#parts;
    const epochsAStep = config.train.accumulate / data.train.stepsPerEpoch;
    const { name, description, arithmetic, products } = device;
    const always = {
      seed: config.seed,
      config: config as unknown as JsonObject,
      corpus,
      ...(tokenizer === undefined ? {} : { tokenizer }),
      ...(folder === undefined ? {} : { folder }),
      ...(ranks.size === 1 ? {} : { ranks: ranks.size }),
      device: { name, description, arithmetic, ...(products === undefined ? {} : { products }) },
    };
    const throughput = new Throughput();
    const watch = this.#watch;
    const save = async (step: number, { steps, tensors }: OptimizerState): Promise<string> => {
      const weights = await readParameters(model.parameters);
      expectFiniteTensors(weights);
      const { best } = window.watch;
      const state = {
        step,
        optimizerSteps: steps,
        window: await window.state(),
        ...(best === undefined ? {} : { best }),
        ...always,
      };
      const scheduled = step % config.checkpoint.every === 0 || step === config.train.steps;
      return run.save({ model: weights, optimizer: tensors, state }, { scheduled });
    };
    return {
      onStep: (step, tokens) => {
        this.#step = step;
        throughput.add(tokens);
        view.step(step, tokens);
      },
      onTrain(step, report) {
        const tokensPerSecond = throughput.close();
        run.log('train', {
          step,
          epoch: step * epochsAStep,
          ...report,
          tokensPerSecond,
          peakMemory: device.memory.peak,
        });
        watch.train(report.gradNorm);
        view.train(step, { ...report, tokensPerSecond });
      },
      async onValidate(step, evaluation) {
        if (ranks.rank === 0) {
          const { units, samples } = await closerLook(device, model, data);
          run.log('validate', { step, ...evaluation, ...units, samples: logged(samples) });
          view.validate(step, evaluation);
          for (const diagnosis of watch.validate({ step, ...evaluation, ...units })) view.diagnosed?.(diagnosis);
        }
        throughput.restart();
      },
      save: async (step) => {
        await window.check();
        await expectSameWeights(ranks, device, model.parameters);
        const moments = optimizer.isShared || ranks.rank === 0 ? await optimizer.state() : undefined;
        this.#saved = await fromFirst(ranks, () => save(step, moments as OptimizerState));
        view.saved(this.#saved);
        throughput.restart();
      },
      stopRequested,
    };
  }
}

/** Of the text what is never learnt, and of the text to validate on what is learnt by heart. */
function sharesOf({ statistics }: OpenedData): { unknownShare: number; duplicateShare: number } {
  const { tokens, unknownTokens, validationTokens, duplicateTokens } = statistics;
  return { unknownShare: unknownTokens / tokens, duplicateShare: duplicateTokens / validationTokens };
}
