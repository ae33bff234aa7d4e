import type { BertClassifier } from '../../bert/BertClassifier.ts';
import type { Device } from '../../kernels/device.ts';
import { expectFinite, expectFiniteTensors } from '../divergence.ts';
import type { LossWindow } from '../lossWindow.ts';
import { readParameters } from '../modelState.ts';
import type { Optimizer } from '../optimizer/optimizer.ts';
import type { JsonObject } from '../run/checkpoint/checkpoint.ts';
import type { RunFolder } from '../run/runFolder.ts';
import { Throughput } from '../throughput.ts';
import { metricOf } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import { metricValue } from './evaluateClassifier.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';
import type { FinetuneView } from './finetuneView.ts';
import type { FinetuneObserver } from './loop.ts';

interface Parts {
  readonly run: RunFolder;
  readonly config: FinetuneConfig;
  readonly model: BertClassifier;
  readonly optimizer: Optimizer;
  readonly device: Device;
  readonly window: LossWindow;
  /** What every checkpoint's state holds. */
  readonly state: object;
  readonly view: FinetuneView;
}

/**
 * Keeps the best checkpoint of a run, and what a person is to see. A resumed run goes on from there: what came after is
 * trained once more, and comes out the same.
 */
export class BestCheckpoint {
  readonly #parts: Parts;
  #best: { readonly step: number; readonly evaluation: ClassifierEvaluation } | undefined;
  /** Validations since the best one. */
  #worse = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { state } = parts.run.checkpoint ?? {};
    if (state) this.#best = { step: state.step, evaluation: state.evaluation as unknown as ClassifierEvaluation };
  }

  /** The step of the best checkpoint, undefined before the first. */
  get step(): number | undefined {
    return this.#best?.step;
  }

  /** Whether so many validations were no better that training stops. */
  get exhausted(): boolean {
    const { patience } = this.#parts.config.validate;
    return patience > 0 && this.#worse >= patience;
  }

  observer(stopRequested: () => boolean): FinetuneObserver {
    const { run, view } = this.#parts;
    const throughput = new Throughput();
    return {
      onStep: (tokens) => throughput.add(tokens),
      onTrain(step, report) {
        const tokensPerSecond = throughput.close();
        run.log('train', { step, ...report, tokensPerSecond });
        view.train(step, { ...report, tokensPerSecond });
      },
      onValidate: async (step, evaluation) => {
        const best = await this.#validated(step, evaluation);
        view.validate(step, evaluation, best);
        throughput.restart();
        return this.exhausted;
      },
      stopRequested,
    };
  }

  /** Does the training, and notes in the metrics what ends it before its time. */
  async watching(train: () => Promise<number>): Promise<number> {
    const { run, device, model } = this.#parts;
    const step = this.step ?? 0;
    const parameters = model.parameters.size;
    run.log(step === 0 ? 'start' : 'resume', { step, device: device.name, parameters });
    try {
      return await train();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      run.log('error', { step: this.step ?? 0, message });
      throw error;
    }
  }

  finish(): void {
    if (this.#best) this.#parts.view.finished(this.#best, this.exhausted);
  }

  async #validated(step: number, evaluation: ClassifierEvaluation): Promise<boolean> {
    const { run, config } = this.#parts;
    expectFinite('the validation loss', evaluation.loss);
    const { confusion: _, labels: __, entities, ...numbers } = evaluation;
    run.log('validate', { step, ...numbers, ...(entities && { entityF1: entities.f1 }) });
    const metric = metricOf(config);
    const best = !this.#best || metricValue(metric, evaluation) > metricValue(metric, this.#best.evaluation);
    this.#worse = best ? 0 : this.#worse + 1;
    if (best) {
      await this.#save(step, evaluation);
      this.#best = { step, evaluation };
    }
    return best;
  }

  async #save(step: number, evaluation: ClassifierEvaluation): Promise<void> {
    const { run, model, optimizer, state, device, window } = this.#parts;
    const weights = await readParameters(model.parameters);
    expectFiniteTensors(weights);
    const { steps, tensors } = await optimizer.state();
    const { name, description, arithmetic } = device;
    const described = JSON.parse(JSON.stringify({ ...state, evaluation })) as JsonObject;
    await run.save({
      model: weights,
      optimizer: tensors,
      state: {
        ...described,
        step,
        window: await window.state(),
        optimizerSteps: steps,
        device: { name, description, arithmetic },
      },
    });
  }
}
