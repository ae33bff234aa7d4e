import type { Bert } from '../../../src/bert/Bert.ts';
import { BertrandError } from '../../../src/error.ts';
import type { DeviceChoice } from '../../../src/kernels/choose.ts';
import type { Device } from '../../../src/kernels/device.ts';
import type { Guess } from '../../../src/train/evaluate/fillMask.ts';
import { boxReport } from '../inspect/boxReport.ts';
import type { BoxReport } from '../inspect/boxReport.ts';
import { validate } from '../../../src/train/loop.ts';
import type { TrainingView } from '../../../src/train/pretrainView.ts';
import type {
  AttentionView,
  ConfigView,
  EngineApi,
  EngineEvent,
  Filled,
  FirstQuestion,
  PathAndBlob,
  SimilarSentences,
} from '../protocol.ts';
import { configView } from './plan/configView.ts';
import { History } from './history.ts';
import { changeConfig, withLearningRate } from './learningRate.ts';
import { enterDevice, leaveDevice } from './liveModel.ts';
import type { LiveModel } from './liveModel.ts';
import { Messages } from './messages.ts';
import { dataOf, expectData, newRun, storedRun } from './prepareRun.ts';
import type { OpenRun } from './prepareRun.ts';
import { openFiles, openZips } from './storage/openZips.ts';
import { attend, fill, similar } from './questions.ts';
import type { Asked } from './questions.ts';
import { flatNames } from './storage/fileNames.ts';
import { lock } from './storage/lock.ts';
import { metricsOf } from './storage/metrics.ts';
import { openTrained } from './trained/trainedModel.ts';
import * as savedRuns from './storage/savedRuns.ts';
import { filesOf, withCorpus } from './storage/zip.ts';

/** What the page asks for once its first screen is there. One run is open at a time. */
export class PageEngine implements Omit<EngineApi, FirstQuestion> {
  readonly #page: Messages;
  #open: OpenRun | undefined;
  #trained: Asked | undefined;
  #live: LiveModel | undefined;
  #history = new History<Guess[][]>(0);
  /** That the model is at. */
  #step = 0;
  #stop = false;
  #trains = false;
  #training: Promise<void> = Promise.resolve();
  readonly metricsOf = metricsOf;
  constructor(send: (event: EngineEvent) => void) {
    this.#page = new Messages(send);
  }

  config(...asked: Parameters<typeof configView>): Promise<ConfigView> {
    return Promise.resolve(configView(...asked));
  }

  async start(text: string, files: readonly PathAndBlob[] = []): Promise<void> {
    await this.#replace(() => newRun(text, files, this.#page.surroundings));
    this.#training = this.#train();
  }

  async pause(): Promise<void> {
    this.#page.phase('pausing');
    this.#stop = true;
    await this.#training;
  }

  async goOn(device?: DeviceChoice, once = false): Promise<void> {
    const open = this.#expectOpen();
    const moves = device !== undefined && device !== 'auto' && device !== this.#live?.device.name;
    if (!this.#live || moves) await this.#reopen(open, device ?? open.config.device);
    if (!this.#live?.session) expectData({ data: undefined });
    this.#training = this.#train(once);
  }

  async changeLearningRate(rate: number): Promise<void> {
    const open = this.#expectOpen();
    const config = withLearningRate(open, rate);
    const trained = this.#trains;
    if (trained) await this.pause();
    await this.#reopen(open, this.#live?.device.name ?? open.config.device, () => changeConfig(open, config));
    if (trained) this.#training = this.#train();
  }

  async close(): Promise<void> {
    this.#stop = true;
    await this.#training;
    if (this.#open) await this.#close();
  }

  async open(dropped: readonly PathAndBlob[], device: DeviceChoice = 'auto'): Promise<void> {
    await this.#replace(
      async () => storedRun(await openFiles(await filesOf(dropped)), undefined, this.#page.surroundings),
      device,
    );
  }

  async openKept(name: string, device: DeviceChoice = 'auto'): Promise<void> {
    await this.#replace(
      async () => storedRun(await openZips(await savedRuns.zipsOf(name)), name, this.#page.surroundings),
      device,
    );
  }

  async giveCorpus(files: readonly PathAndBlob[]): Promise<void> {
    const open = this.#expectOpen();
    open.data = await dataOf(open.config, flatNames(files), open.tokenizer, this.#page.surroundings);
    const device = this.#live?.device.name ?? open.config.device;
    await this.#leaveDevice();
    await this.#enterDevice(open, device);
  }

  async removeKept(name: string): Promise<void> {
    if (this.#open?.run.name === name) await this.#close();
    const unlock = await lock(name); // refused where another tab has it open
    try {
      await savedRuns.removeRun(name);
    } finally {
      unlock();
    }
  }

  async download(name: string): Promise<Blob> {
    if (this.#open?.run.name === name) return this.#open.run.download();
    const [zip] = await savedRuns.zipsOf(name);
    return withCorpus(zip, `runs/${name}`, await savedRuns.corpusOf(name));
  }

  async openTrained(): Promise<void> {
    this.#trained ??= await openTrained(this.#page.surroundings.base);
    this.#history = new History<Guess[][]>(this.#trained.config.seed);
    this.#step = Number(this.#trained.config.train.steps);
  }

  fillMask(text: string, top: number): Promise<Filled> {
    return this.#asking((asked) => fill(text, top, asked, this.#step, this.#history));
  }

  attention(text: string): Promise<AttentionView> {
    return this.#asking((asked) => attend(text, asked, this.#step));
  }

  similar(text: string, top: number): Promise<SimilarSentences> {
    return this.#asking((asked) => similar(text, top, asked, this.#step, expectData(this.#expectOpen()).validation));
  }

  box(path: string): Promise<BoxReport | undefined> {
    return this.#asking(async ({ device, model }) =>
      boxReport(device, model, await expectData(this.#expectOpen()).validation.at(0), path),
    );
  }

  async #asking<T>(ask: (asked: Asked) => Promise<T>): Promise<T> {
    if (!this.#open && this.#trained) return ask(this.#trained);
    const { tokenizer, config } = this.#expectOpen();
    if (!this.#live) throw new BertrandError('there is no model on a device', { advice: 'go on with the run first' });
    return ask({ ...this.#live, tokenizer, config });
  }

  #expectOpen(): OpenRun {
    if (!this.#open) throw new BertrandError('no run is open', { advice: 'start one first' });
    return this.#open;
  }

  /** Closes the run that is open and opens another. */
  async #replace(open: () => Promise<OpenRun>, device?: DeviceChoice): Promise<void> {
    await this.close();
    this.#page.phase('preparing');
    try {
      this.#open = await open();
      this.#history = new History<Guess[][]>(this.#open.config.seed);
      await this.#enterDevice(this.#open, device ?? this.#open.config.device);
    } catch (error) {
      await this.#close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    await this.#leaveDevice();
    await this.#open?.close();
    this.#open = undefined;
    this.#page.phase('idle');
  }

  /** Puts the open run on a device again, as its last checkpoint has it, but for what is changed. */
  async #reopen(open: OpenRun, device: DeviceChoice, change = (): Promise<void> => Promise.resolve()): Promise<void> {
    this.#page.phase('preparing');
    try {
      await this.#leaveDevice();
      await open.run.reopen();
      await change();
      await this.#enterDevice(open, device);
    } catch (error) {
      this.#page.failed(error);
      throw error;
    }
  }

  async #leaveDevice(): Promise<void> {
    const device = this.#live?.device;
    this.#live = undefined;
    await leaveDevice(device);
  }

  /** Puts the run's model on a device, as its checkpoint has it, and sends the page what it is. */
  async #enterDevice(open: OpenRun, choice: DeviceChoice): Promise<void> {
    const { config, run } = open;
    this.#live = await enterDevice(open, choice, this.#page.notice, this.#page.surroundings.onProgress);
    this.#step = run.checkpoint?.state.step ?? 0;
    this.#page.run(open, this.#live, this.#step);
    const { steps } = config.train;
    this.#page.phase(steps !== 'none' && this.#step >= steps ? 'finished' : 'paused');
  }

  async #train(once = false): Promise<void> {
    const { session, model, device } = this.#live as LiveModel;
    if (!session) return;
    this.#stop = false;
    this.#trains = true;
    this.#page.phase('training');
    try {
      if (session.step === 0) this.#page.metric('validate', 0, await validate(session.training));
      const { ending } = await session.train(this.#view(device, model, once), () => this.#stop);
      this.#page.phase(ending === 'stop' ? 'paused' : 'finished');
    } catch (error) {
      await this.#leaveDevice();
      this.#page.failed(error);
    } finally {
      this.#trains = false;
    }
  }

  #view(device: Device, model: Bert, once: boolean): TrainingView {
    return {
      step: (step) => {
        this.#step = step;
        if (once) this.#stop = true;
        this.#page.send({ type: 'step', step, memory: device.memory.reserved });
        this.#history.note(step, model).catch(() => {}); // what is wrong with the device, the next step reports
      },
      train: (step, report) => this.#page.metric('train', step, report),
      validate: (step, evaluation) => this.#page.metric('validate', step, evaluation),
      saved: () => {}, // reported by the run itself
    };
  }
}
