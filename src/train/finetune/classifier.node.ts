import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BertClassifier } from '../../bert/BertClassifier.ts';
import { readTokenizer } from '../../data/tokenizer/tokenizerFile.node.ts';
import type { Tokenizer } from '../../data/tokenizer/tokenizer.ts';
import { sha256 } from '../../data/digest.ts';
import { readInputText } from '../../data/inputFile.node.ts';
import { listed } from '../../data/labelled/labelNames.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import { expectParameters, writeParameters } from '../modelState.ts';
import type { HostTensors } from '../modelState.ts';
import { newestModel, readModel } from '../run/checkpoint/readCheckpoint.node.ts';
import type { StoredModel } from '../run/checkpoint/checkpoint.ts';
import { startedIn } from '../run/resume/startedIn.node.ts';
import { encoderOptions, headOptions, resolveFinetune } from './config/finetuneConfig.ts';
import type { FinetuneConfig } from './config/table.ts';
import type { ClassifierEvaluation } from './evaluateClassifier.ts';

/** A fine-tuned classifier, not yet on a device. */
export interface TrainedClassifier {
  /** The checkpoint's folder. */
  readonly path: string;
  readonly step: number;
  readonly config: FinetuneConfig;
  readonly tokenizer: Tokenizer;
  readonly labels: readonly string[];
  /** How it did on its validation text. */
  readonly evaluation: ClassifierEvaluation | undefined;
  readonly notices: readonly string[];
  readonly tensors: HostTensors;
  /** The fingerprint of the rows it was trained and validated on. */
  readonly corpus: string | undefined;
  /** Where the run was started: relative paths in its config count from there. */
  readonly folder: string;
  /** Whether the run is no longer where it was trained, so that they count from the present folder. */
  readonly moved: boolean;
  /** The model with these parameters, or others of the same names and shapes. */
  modelOn(device: Device, tensors?: HostTensors): BertClassifier;
}

const LABELS = 'labels.json';

const isCheckpoint = (path: string): boolean => existsSync(join(path, 'state.json'));
const runOf = (path: string): string => (isCheckpoint(path) ? join(path, '..', '..') : path);

/** Whether a path is that of a fine-tuning run, or of a checkpoint in one. */
export const isClassifier = (path: string): boolean => existsSync(join(runOf(path), LABELS));

/**
 * Opens a fine-tuning run's best checkpoint.
 * @throws BertrandError when the path is none, or what is there is not intact
 */
export async function openClassifier(path: string): Promise<TrainedClassifier> {
  if (!isClassifier(path))
    throw new BertrandError(`${path}: found no fine-tuned classifier (a folder with ${LABELS})`, {
      advice: 'make one with `bertrand finetune`',
    });
  const run = runOf(path);
  const { checkpoint, passedOver } = isCheckpoint(path)
    ? { checkpoint: await readModel(path), passedOver: [] }
    : await newestModel(join(run, 'checkpoints'));
  const reasons = passedOver.map(({ reason }) => `passed over: ${reason}`);
  if (!checkpoint)
    throw new BertrandError(
      [`${run} has no intact checkpoint`, ...reasons].join('\n  ') +
        (reasons.length > 0 ? '' : ' yet; fine-tune until after the first validation'),
    );
  const { config, labels } = described(checkpoint);
  const tokenizerPath = join(run, 'tokenizer.json');
  const tokenizer = readTokenizer(tokenizerPath);
  if ((await sha256(readFileSync(tokenizerPath, 'utf8'))) !== checkpoint.state.tokenizer)
    throw new BertrandError(
      `${tokenizerPath}: it was changed since the run wrote it, so words have other ids than the model learnt; put it back as it was`,
    );
  const modelOf = (): BertClassifier =>
    new BertClassifier(
      encoderOptions(config, tokenizer.vocabSize),
      headOptions(config, labels.length, checkpoint.model),
    );
  expectParameters(modelOf().parameters, checkpoint.model); // before memory is taken for it
  return {
    path: checkpoint.path,
    step: checkpoint.state.step,
    config,
    tokenizer,
    labels,
    evaluation: checkpoint.state.evaluation as unknown as ClassifierEvaluation | undefined,
    notices: [...reasons, ...changedLabels(join(run, LABELS), labels)],
    tensors: checkpoint.model,
    corpus: checkpoint.state.corpus,
    ...startedIn(run, checkpoint, config.out),
    modelOn(device, tensors = checkpoint.model) {
      const model = modelOf().to(device);
      writeParameters(model.parameters, tensors);
      return model;
    },
  };
}

/** Told where the run's list of labels is no longer the one that the checkpoint was saved with, which counts. */
function changedLabels(path: string, labels: readonly string[]): string[] {
  try {
    if (JSON.stringify(JSON.parse(readInputText(path))) === JSON.stringify(labels)) return [];
  } catch (error) {
    if (!(error instanceof BertrandError || error instanceof SyntaxError)) throw error;
  }
  return [`${path}: it was changed since the run wrote it; the labels are those of the checkpoint: ${listed(labels)}`];
}

/** What the checkpoint says of itself: its config and its labels. */
function described({ path, state }: StoredModel): { config: FinetuneConfig; labels: string[] } {
  const { config, labels } = state;
  const strings = Array.isArray(labels) && labels.length >= 2 && labels.every((label) => typeof label === 'string');
  if (!config || !strings)
    throw new BertrandError(`${path}/state.json: found no config with labels; expected a classifier`);
  // JSON is YAML; what a stranger's file says is checked like any config
  return {
    config: resolveFinetune(JSON.stringify(config), `${path}/state.json`, [], ['device', 'cpu']),
    labels,
  };
}
