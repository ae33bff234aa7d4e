import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Bert } from '../../bert/Bert.ts';
import { readTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import { loadConfig } from '../config/loadConfig.node.ts';
import type { Config } from '../config/table/table.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { writeParameters } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { newestModel, readModel } from '../run/checkpoint/readCheckpoint.node.ts';
import type { StoredModel } from '../run/checkpoint/checkpoint.ts';

/** A trained model, not yet on a device. */
export interface Trained {
  /** The checkpoint's folder. */
  readonly path: string;
  /** The run's folder. */
  readonly run: string;
  readonly step: number;
  readonly config: Config;
  readonly tokenizer: Tokenizer;
  /** The path of its tokenizer.json. */
  readonly tokenizerPath: string;
  /** Where the run was started: relative paths in its config count from there. */
  readonly folder: string;
  /** The model's parameters by name. */
  readonly tensors: HostTensors;
  /** The model with these parameters, or others of the same names and shapes. */
  modelOn(device: Device, tensors?: HostTensors): Bert;
}

/**
 * Opens a run's newest intact checkpoint, or the checkpoint whose folder is given.
 * @throws BertrandError when the path is neither, or what is there is not intact
 */
export async function openTrained(path: string): Promise<Trained> {
  const isCheckpoint = existsSync(join(path, 'state.json'));
  const run = isCheckpoint ? dirname(dirname(path)) : path;
  const configPath = join(run, 'config.yaml');
  if (!existsSync(configPath))
    throw new BertrandError(
      `${path}: ${whatIsThere(path)}; expected a run's folder (with config.yaml and checkpoints/) or a checkpoint in one`,
    );
  const checkpoint = isCheckpoint ? await readModel(path) : await newestOf(run);
  const config = loadConfig(configPath);
  const tokenizerPath = resolve(run, 'tokenizer.json');
  const tokenizer = readTokenizer(tokenizerPath);
  return {
    path: checkpoint.path,
    run,
    step: checkpoint.state.step,
    config,
    tokenizer,
    tokenizerPath,
    folder: startedIn(run, checkpoint),
    tensors: checkpoint.model,
    modelOn(device, tensors = checkpoint.model) {
      const model = new Bert(modelOptions(config, tokenizer.vocabSize), config.seed).to(device);
      writeParameters(model.parameters, tensors);
      return model;
    },
  };
}

/** The present folder where the run does not say, or has been moved away from where it was. */
function startedIn(run: string, { state }: StoredModel): string {
  const folder = state.folder === undefined ? process.cwd() : resolve(run, state.folder);
  return existsSync(folder) ? folder : process.cwd();
}

async function newestOf(run: string): Promise<StoredModel> {
  const { checkpoint, passedOver } = await newestModel(join(run, 'checkpoints'));
  if (checkpoint) return checkpoint;
  const reasons = passedOver.map(({ path, reason }) => `\n  ${path}: ${reason}`).join('');
  throw reasons
    ? new BertrandError(`${run} has no intact checkpoint${reasons}`)
    : new BertrandError(`${run} has no intact checkpoint yet`, { advice: 'train until the first one is saved' });
}

function whatIsThere(path: string): string {
  if (!existsSync(path)) return 'there is no such folder';
  return statSync(path).isDirectory() ? 'found a folder that is neither' : 'found a file';
}
