import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Bert } from '../../bert/Bert.ts';
import { readInput, whatIsAt } from '../../data/inputFile.node.ts';
import { readTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import { sha256 } from '../../data/digest.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import type { Config } from '../config/table/table.ts';
import { modelOptions } from '../config/modelOptions.ts';
import { expectParameters, writeParameters } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { newestModel, readModel } from '../run/checkpoint/readCheckpoint.node.ts';
import type { PassedOver, StoredModel } from '../run/checkpoint/checkpoint.ts';
import { configOf } from '../run/resume/runConfig.node.ts';
import { startedIn } from '../run/resume/startedIn.node.ts';
import { trainedConfig } from './trainedConfig.node.ts';

/** A trained model, not yet on a device. */
export interface Trained {
  /** The checkpoint's folder. */
  readonly path: string;
  /** The run's folder. */
  readonly run: string;
  /** The step of the checkpoint. */
  readonly step: number;
  /** The config that the checkpoint was trained with. */
  readonly config: Config;
  /** The run's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** The path of its tokenizer.json. */
  readonly tokenizerPath: string;
  /** Where the run was started: relative paths in its config count from there. */
  readonly folder: string;
  /** Whether the run is no longer where it was trained, so that they count from the present folder. */
  readonly moved: boolean;
  /** The fingerprint of the text it was trained on, where it is known. */
  readonly corpus: string | undefined;
  /** SHA-256 of the validation text that the run kept, if it did. */
  readonly validation: string | undefined;
  /** Newer checkpoints that are not intact. */
  readonly passedOver: readonly PassedOver[];
  /** Notices about the checkpoint that answers, one per line. */
  readonly notices: readonly string[];
  /** The model's parameters by name. */
  readonly tensors: HostTensors;
  /** The model with these parameters, or others of the same names and shapes. */
  modelOn(device: Device, tensors?: HostTensors): Bert;
}

/**
 * Opens a run's newest intact checkpoint, or the checkpoint whose folder is given.
 * @throws BertrandError when the path is neither, or what is there is not intact or not what the checkpoint was saved with
 */
export async function openTrained(path: string): Promise<Trained> {
  const isCheckpoint = existsSync(join(path, 'state.json'));
  const run = isCheckpoint ? join(path, '..', '..') : path;
  if (!existsSync(join(run, 'config.yaml')) && !existsSync(join(run, 'checkpoints'))) throw noRun(path);
  if (existsSync(join(run, 'labels.json')))
    throw new BertrandError(`${path}: found a fine-tuned classifier; expected a pretrained run`, {
      advice: 'use it with `bertrand predict`',
    });
  const { checkpoint, passedOver } = isCheckpoint
    ? { checkpoint: await readModel(path), passedOver: [] }
    : await newestOf(run);
  const { config, notices } = trainedConfig(run, checkpoint);
  const tokenizerPath = resolve(run, 'tokenizer.json');
  const tokenizer = await tokenizerOf(tokenizerPath, checkpoint);
  return {
    path: checkpoint.path,
    run,
    step: checkpoint.state.step,
    config,
    tokenizer,
    tokenizerPath,
    ...startedIn(run, checkpoint, (configOf(checkpoint) ?? config).out),
    corpus: checkpoint.state.corpus,
    validation: checkpoint.state.validation,
    passedOver,
    notices: [
      ...passedOver.map(({ reason }) => `passed over: ${reason}`),
      ...answering(checkpoint, passedOver),
      ...notices,
    ],
    tensors: checkpoint.model,
    modelOn(device, tensors = checkpoint.model) {
      const model = new Bert(modelOptions(config, tokenizer.vocabSize), config.seed);
      expectParameters(model.parameters, tensors); // before memory is taken for it
      writeParameters(model.to(device).parameters, tensors);
      return model;
    },
  };
}

const answering = ({ path, state }: StoredModel, passedOver: readonly PassedOver[]): string[] =>
  passedOver.length > 0 ? [`${path} answers, of step ${state.step}`] : [];

/** The run's tokenizer. Throws a BertrandError if it is not the one that the checkpoint was trained with. */
async function tokenizerOf(path: string, { state }: StoredModel): Promise<Tokenizer> {
  const tokenizer = readTokenizer(path);
  if (
    state.tokenizer !== undefined &&
    (await sha256(new TextDecoder('utf-8', { ignoreBOM: true }).decode(readInput(path)))) !== state.tokenizer
  )
    throw new BertrandError(
      `${path}: it was changed since step ${state.step} was saved, so words have other ids than the model learnt; put it back as it was`,
    );
  return tokenizer;
}

async function newestOf(run: string): Promise<{ checkpoint: StoredModel; passedOver: readonly PassedOver[] }> {
  const { checkpoint, passedOver } = await newestModel(join(run, 'checkpoints'));
  if (checkpoint) return { checkpoint, passedOver };
  const reasons = passedOver.map(({ reason }) => `\n  ${reason}`).join('');
  throw new BertrandError(`${run} has no intact checkpoint${reasons || ' yet; train until the first one is saved'}`);
}

function noRun(path: string): BertrandError {
  const found = whatIsAt(path);
  return new BertrandError(
    `${path}: found ${found === 'a folder' ? 'a folder that is neither' : found}; expected a run's folder (with config.yaml and checkpoints/) or a checkpoint in one`,
  );
}
