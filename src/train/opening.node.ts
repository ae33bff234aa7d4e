import { openDevice } from '../kernels/choose.ts';
import type { Device, DeviceName } from '../kernels/device.ts';
import { NO_SOURCE } from './config/modelSource.ts';
import type { Config } from './config/table/table.ts';
import { trainingDeviceOptions } from './config/trainingDeviceOptions.ts';
import { toYaml } from './config/yaml/toYaml.ts';
import { configuredVocabSize } from './config/vocabSize.node.ts';
import type { ImportedModel } from './import/importedModel.ts';
import { openImported } from './import/openImported.node.ts';
import { expectScoresFit } from './measure/scoresFit.ts';
import type { PretrainView } from './pretrainView.ts';
import type { TrainingState } from './run/checkpoint/checkpoint.ts';
import { followedRun } from './run/followedRun.ts';
import { openRun } from './run/openRun.node.ts';
import { startedIn } from './run/resume/startedIn.node.ts';
import { withSameProducts } from './run/resume/sameProducts.ts';
import type { OpenedRun, RunRequest } from './run/runFolder.ts';

/** Whether a run begins or goes on: from its newest intact checkpoint, or that of a step; `overwrite` removes one that is there. */
export type Start = Pick<RunRequest, 'resume' | 'step' | 'overwrite'>;

/** What a run goes on with. */
export interface Opening {
  readonly device: Device;
  readonly run: OpenedRun;
  /** From which relative paths count. */
  readonly folder: string;
  readonly state: TrainingState | undefined;
  /** The weights to begin with, if not at random. */
  readonly begins?: ImportedModel | undefined;
}

/** What other ranks have to know of an opening: all of it can be JSON. */
export interface OpeningFacts {
  readonly device: DeviceName;
  readonly products: string | null;
  readonly folder: string;
  readonly state: TrainingState | null;
}

/** What was opened, to be closed the other way round. */
export class Held {
  #kept: { close(): unknown }[] = [];

  /** Keeps it. */
  add<T extends { close(): unknown }>(it: T): T {
    this.#kept.push(it);
    return it;
  }

  /** Keeps another in its place. */
  replace<T extends { close(): unknown }>(it: T, other: T): T {
    this.#kept = this.#kept.map((kept) => (kept === it ? other : kept));
    return other;
  }

  async close(): Promise<void> {
    for (let last = this.#kept.pop(); last; last = this.#kept.pop()) await last.close();
  }
}

/**
 * Opens device and folder of a run, new or to be resumed.
 * @param ownConfig whether the config is the run's own: relative paths then count from where the run was started, else from here
 */
export async function openRunAndDevice(
  config: Config,
  threads: number | undefined,
  start: Start,
  view: PretrainView,
  ownConfig: boolean,
  held: Held,
): Promise<Opening> {
  const { from: source } = config.model;
  const weights = async (): Promise<ImportedModel | undefined> =>
    source === NO_SOURCE ? undefined : openImported(source, config, configuredVocabSize(config));
  const imported = start.resume ? undefined : await weights();
  const local = withThreads(config, threads);
  const chosen = held.add(
    await openDevice(config.device, { ...trainingDeviceOptions(local), onCompile: view.compiling }),
  );
  expectScoresFit(chosen, config);
  const notice = (text: string): void => view.preparing({ notice: text });
  const { out: path, checkpoint, log } = config;
  const { keep } = checkpoint;
  const { tensorboard } = log;
  const run = held.add(await openRun({ path, config, yaml: toYaml(config), ...start, keep, tensorboard, notice }));
  const state = run.checkpoint?.state;
  const device = held.replace(chosen, await withSameProducts(chosen, local, state));
  const began = ownConfig && run.checkpoint && startedIn(path, run.checkpoint, (run.before ?? config).out);
  const folder = began ? began.folder : process.cwd();
  return { device, run, folder, state, begins: run.checkpoint ? undefined : (imported ?? (await weights())) };
}

/** What other ranks have to know of an opening. */
export function factsOf({ device, folder, state }: Opening): OpeningFacts {
  return { device: device.name, products: device.products ?? null, folder, state: state ?? null };
}

/** The same on another rank: a device like that of rank 0, whose weights it will get, and a folder that it leaves alone. */
export async function followOpening(
  { device, products, folder, state }: OpeningFacts,
  config: Config,
  threads: number | undefined,
  held: Held,
): Promise<Opening> {
  const options = trainingDeviceOptions(withThreads(config, threads));
  const opened = held.add(await openDevice(device, products === null ? options : { ...options, products }));
  return { device: opened, run: followedRun(config.out), folder, state: state ?? undefined };
}

/** The config with so many threads where it leaves that open. */
export function withThreads(config: Config, threads: number | undefined): Config {
  if (threads === undefined || config.cpu.threads !== 'auto') return config;
  return { ...config, cpu: { ...config.cpu, threads } };
}
