import { Bert } from '../../../src/bert/Bert.ts';
import { sha256 } from '../../../src/data/digest.ts';
import { BertrandError } from '../../../src/error.ts';
import { openDevice } from '../../../src/kernels/choose.ts';
import type { DeviceChoice, DeviceReport } from '../../../src/kernels/choose.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { DeviceLost } from '../../../src/kernels/deviceLost.ts';
import type { Guess } from '../../../src/train/evaluate/fillMask.ts';
import { boxReport } from '../inspect/boxReport.ts';
import type { BoxReport } from '../inspect/boxReport.ts';
import { validate } from '../../../src/train/loop.ts';
import { modelOptions } from '../../../src/train/config/modelOptions.ts';
import { writeParameters } from '../../../src/train/modelState.ts';
import type { TrainingView } from '../../../src/train/pretrainView.ts';
import { Session } from '../../../src/train/session.ts';
import type {
  AttentionView,
  Change,
  ConfigView,
  EngineApi,
  EngineEvent,
  Filled,
  KeptRun,
  PathAndBlob,
  Phase,
  Reason,
} from '../protocol.ts';
import { reasonOf } from '../connect.ts';
import { configView } from './configView.ts';
import { devices } from './devices.ts';
import { History } from './history.ts';
import { dataOf, newRun, storedRun } from './prepareRun.ts';
import type { OpenRun, Surroundings } from './prepareRun.ts';
import { openFiles, openZips } from './storage/openZips.ts';
import { attend, fill } from './questions.ts';
import type { Asked } from './questions.ts';
import { bytesOf, filesOf, flatNames, unzipped, zipped } from './storage/runFiles.ts';
import * as savedRuns from './storage/savedRuns.ts';

/** The model of the open run, on a device. */
interface Live {
  readonly device: Device;
  readonly model: Bert;
  /** Undefined where the run's text is not here. */
  readonly session: Session | undefined;
}

/** All that the page can ask for; lives in a worker, so that the page never waits. One run is open at a time. */
export class PageEngine implements EngineApi {
  readonly #send: (event: EngineEvent) => void;
  #open: OpenRun | undefined;
  #live: Live | undefined;
  #history = new History<Guess[][]>(0);
  /** That the model is at. */
  #step = 0;
  #stop = false;
  #training: Promise<void> = Promise.resolve();

  constructor(send: (event: EngineEvent) => void) {
    this.#send = send;
  }

  devices(): Promise<DeviceReport[]> {
    return devices();
  }

  config(text: string, changes?: readonly Change[]): Promise<ConfigView> {
    return Promise.resolve(configView(text, changes));
  }

  async start(text: string, files: readonly PathAndBlob[] = []): Promise<void> {
    await this.#replace(() => newRun(text, files, this.#around()));
    this.#training = this.#train();
  }

  async pause(): Promise<void> {
    this.#phase('pausing');
    this.#stop = true;
    await this.#training;
  }

  async goOn(device?: DeviceChoice): Promise<void> {
    const open = this.#expectOpen();
    const moves = device !== undefined && device !== 'auto' && device !== this.#live?.device.name;
    if (!this.#live || moves) {
      this.#phase('preparing');
      try {
        await this.#leaveDevice();
        await open.run.reopen();
        await this.#enterDevice(open, device ?? open.config.device);
      } catch (error) {
        this.#phase('failed', this.#failure(error));
        throw error;
      }
    }
    if (!this.#live?.session)
      throw new BertrandError('the text that this run was trained on is not here', { advice: 'add its files' });
    this.#training = this.#train();
  }

  async close(): Promise<void> {
    this.#stop = true;
    await this.#training;
    await this.#close();
  }

  async open(dropped: readonly PathAndBlob[], device: DeviceChoice = 'auto'): Promise<void> {
    await this.#replace(
      async () => storedRun(await openFiles(await filesOf(dropped)), undefined, this.#around()),
      device,
    );
  }

  async openKept(name: string, device: DeviceChoice = 'auto'): Promise<void> {
    await this.#replace(
      async () => storedRun(await openZips(await savedRuns.zipsOf(name)), name, this.#around()),
      device,
    );
  }

  async giveCorpus(files: readonly PathAndBlob[]): Promise<void> {
    const open = this.#expectOpen();
    open.data = await dataOf(open.config, flatNames(files), open.tokenizer, this.#around());
    const device = this.#live?.device.name ?? open.config.device;
    await this.#leaveDevice();
    await this.#enterDevice(open, device);
  }

  async kept(): Promise<KeptRun[]> {
    return (await savedRuns.canSaveRuns()) ? savedRuns.keptRuns() : [];
  }

  async removeKept(name: string): Promise<void> {
    if (this.#open?.run.name === name) await this.#close();
    await savedRuns.removeRun(name);
  }

  async download(name: string): Promise<Blob> {
    if (this.#open?.run.name === name) return this.#open.run.download();
    const [zip] = await savedRuns.zipsOf(name);
    const corpus = await savedRuns.corpusOf(name);
    if (corpus.length === 0) return zip;
    const files = new Map(unzipped(await bytesOf(zip), name));
    for (const { path, blob } of corpus) files.set(`runs/${name}/corpus/${path}`, await bytesOf(blob));
    return new Blob([zipped(files)], { type: 'application/zip' });
  }

  fillMask(text: string, top: number): Promise<Filled> {
    return this.#asking((asked) => fill(text, top, asked, this.#step, this.#history));
  }

  attention(text: string): Promise<AttentionView> {
    return this.#asking((asked) => attend(text, asked, this.#step));
  }

  box(path: string): Promise<BoxReport | undefined> {
    return this.#asking(async ({ device, model }) => {
      const batch = await this.#expectOpen().data?.validation.at(0);
      if (!batch)
        throw new BertrandError('the text that this run was trained on is not here', { advice: 'add its files' });
      return boxReport(device, model, batch, path);
    });
  }

  async #asking<T>(ask: (asked: Asked) => Promise<T>): Promise<T> {
    const { tokenizer, config } = this.#expectOpen();
    if (!this.#live) throw new BertrandError('there is no model on a device', { advice: 'go on with the run first' });
    return ask({ ...this.#live, tokenizer, config });
  }

  #expectOpen(): OpenRun {
    if (!this.#open) throw new BertrandError('no run is open', { advice: 'start one first' });
    return this.#open;
  }

  #phase(phase: Phase, reason?: Reason): void {
    this.#send(reason === undefined ? { type: 'phase', phase } : { type: 'phase', phase, reason });
  }

  #around(): Surroundings {
    return {
      base: self.name, // the page names its worker by its own address
      onProgress: (event) => {
        if ('notice' in event) this.#send({ type: 'notice', text: event.notice });
        else this.#send({ type: 'progress', progress: event });
      },
      onSaved: (step, trouble) => this.#send({ type: 'saved', step, trouble }),
    };
  }

  /** Closes the run that is open and opens another. */
  async #replace(open: () => Promise<OpenRun>, device?: DeviceChoice): Promise<void> {
    await this.close();
    this.#phase('preparing');
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
    this.#phase('idle');
  }

  async #leaveDevice(): Promise<void> {
    const device = this.#live?.device;
    this.#live = undefined;
    await device?.close().catch(() => {}); // a lost one need not be closed
  }

  /** Puts the run's model on a device, as its checkpoint has it, and sends the page what it is. */
  async #enterDevice(open: OpenRun, choice: DeviceChoice): Promise<void> {
    const { config, data, run, tokenizer } = open;
    const device = await openDevice(choice, config.cpu);
    if (data) {
      const session = new Session({
        config,
        device,
        data,
        run,
        corpus: isSecureContext ? await data.fingerprint() : '',
        tokenizer: isSecureContext ? await sha256(run.tokenizer) : '',
      });
      this.#live = { device, model: session.training.model, session };
    } else {
      const model = new Bert(modelOptions(config, tokenizer.vocabSize), config.seed).to(device);
      if (run.checkpoint) writeParameters(model.parameters, run.checkpoint.model);
      this.#live = { device, model, session: undefined };
    }
    this.#step = run.checkpoint?.state.step ?? 0;
    this.#send({
      type: 'run',
      run: {
        name: run.name,
        config,
        yaml: open.yaml,
        device: `${device.name}: ${device.description}`,
        parameters: this.#live.model.parameters.size,
        vocabSize: tokenizer.vocabSize,
        step: this.#step,
        data: data?.statistics,
        metrics: run.metrics,
      },
    });
    this.#phase(this.#step < config.train.steps ? 'paused' : 'finished');
  }

  async #train(): Promise<void> {
    const { session, model, device } = this.#live as Live;
    const { config } = this.#expectOpen();
    if (!session) return;
    this.#stop = false;
    this.#phase('training');
    try {
      if (session.step === 0) this.#metric('validate', 0, await validate(session.training));
      const last = await session.train(this.#view(device, model), () => this.#stop);
      this.#phase(last < config.train.steps ? 'paused' : 'finished');
    } catch (error) {
      await this.#leaveDevice();
      this.#phase('failed', this.#failure(error));
    }
  }

  #view(device: Device, model: Bert): TrainingView {
    return {
      step: (step) => {
        this.#step = step;
        this.#send({ type: 'step', step, memory: device.memory.reserved });
        this.#history.note(step, model).catch(() => {}); // what is wrong with the device, the next step reports
      },
      train: (step, report) => this.#metric('train', step, report),
      validate: (step, evaluation) => this.#metric('validate', step, evaluation),
      saved: () => {}, // reported by the run itself
    };
  }

  #metric(event: 'train' | 'validate', step: number, numbers: object): void {
    this.#send({ type: 'metric', metric: { event, step, ...numbers } as never });
  }

  /** Why training stopped. Where the device was lost, the page itself offers ways on. */
  #failure(error: unknown): Reason {
    if (!(error instanceof BertrandError)) console.error(error);
    const { what, advice } = reasonOf(error);
    return error instanceof DeviceLost ? { what } : { what, advice };
  }
}
