import { alone } from '../../ranks/communicator.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { together } from '../../ranks/together.ts';
import type { Config } from '../config/table/table.ts';
import { expectFiniteTensors } from '../divergence.ts';
import type { LowestLoss } from '../length/lowestLoss.ts';
import type { TrainingClock } from '../length/trainingClock.ts';
import type { LossWindow } from '../lossWindow.ts';
import type { WeightAverage } from '../optimizer/weightAverage.ts';
import { pace } from '../pace.ts';
import { expectSameWeights } from '../parallel/sameState.ts';
import type { JsonObject } from '../run/checkpoint/checkpoint.ts';
import type { RunFolder } from '../run/runFolder.ts';
import type { Learner } from '../step.ts';
import { Background } from './background.ts';
import { isMilestone } from './milestones.ts';
import { Snapshot } from './snapshot.ts';
import type { Moment } from './snapshot.ts';

/** What is saved of a run. */
export interface Saved extends Learner {
  readonly config: Config;
  readonly window: LossWindow;
  readonly clock: TrainingClock;
  readonly lowest: LowestLoss;
  readonly average?: WeightAverage;
  readonly ranks?: Communicator;
}

/** The share of a step's time that may be given to the writing of a checkpoint. */
const RESTING = 0.005;

/** Saves a run: training waits until weights and optimizer are copied, and goes on while the copy is written. */
export class Saver {
  readonly #training: Saved;
  readonly #run: RunFolder;
  readonly #always: JsonObject;
  readonly #ranks: Communicator;
  readonly #snapshot: Snapshot;
  readonly #writing = new Background();
  #saved: string | undefined;
  #rested = performance.now();

  /**
   * @param always what the state of every checkpoint holds
   * @param saved the newest checkpoint's path, if there is one
   */
  constructor(training: Saved, run: RunFolder, always: JsonObject, saved: string | undefined) {
    this.#training = training;
    this.#run = run;
    this.#always = always;
    this.#ranks = training.ranks ?? alone;
    this.#snapshot = new Snapshot(training.model.parameters, training.optimizer, training.average);
    this.#saved = saved;
  }

  /** The newest checkpoint's path, if there is one. */
  get saved(): string | undefined {
    return this.#saved;
  }

  /** Throws what writing has failed of, if it has. */
  check(): void {
    this.#writing.check();
  }

  /**
   * Gives others their turn between two steps: one turn and, while a checkpoint is written, as many as a small share of the step's time
   * holds, since each operation of a disk takes a turn to be noticed.
   */
  async rest(): Promise<void> {
    const allowed = RESTING * (performance.now() - this.#rested);
    await pace(); // in which the next batch may be made, too
    const end = performance.now() + allowed;
    while (this.#writing.isBusy && performance.now() < end) await pace();
    this.#rested = performance.now();
  }

  /** Waits until all is written. Throws what writing has failed of: on all ranks, which all have to ask. */
  async end(): Promise<void> {
    await together(this.#ranks, () => this.#writing.end());
  }

  /** The same for this rank alone, where something else has failed. */
  async settle(): Promise<void> {
    await this.#writing.end().catch(() => {});
  }

  /** Waits for the checkpoint before. Throws a DivergenceError if the last loss says that training has diverged. */
  async save(step: number, scheduled: boolean, onSaved: (path: string) => void): Promise<void> {
    const { device, model, window, clock, lowest } = this.#training;
    await this.end();
    await window.check();
    await expectSameWeights(this.#ranks, device, model.parameters);
    const moment = await this.#snapshot.take(this.#ranks.rank === 0);
    const { best } = window.watch;
    const state = {
      window: await window.state(),
      ...(best === undefined ? {} : { best }),
      ...(lowest.state === undefined ? {} : { lowest: lowest.state }),
      seconds: clock.seconds,
    };
    if (moment)
      this.#writing.start(async () => {
        this.#saved = await this.#write(step, moment, state, scheduled);
        onSaved(this.#saved);
      });
  }

  async #write(step: number, moment: Moment, state: JsonObject, scheduled: boolean): Promise<string> {
    const { optimizerSteps, ...tensors } = moment;
    expectFiniteTensors(tensors.model);
    const { checkpoint } = this.#training.config;
    const best = checkpoint.best ? this.#training.lowest.state?.step : undefined;
    const stays = (step: number): boolean => step === best || isMilestone(checkpoint.milestones, step);
    const saved = { ...tensors, state: { step, optimizerSteps, ...state, ...this.#always } };
    return this.#run.save(saved, { scheduled, stays });
  }
}
