import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BertrandError } from '../../error.ts';
import type { CacheFolders } from '../../data/cache.node.ts';
import { sha256 } from '../../data/digest.ts';
import { readInput } from '../../data/inputFile.node.ts';
import { openData } from '../../data/openData.node.ts';
import { openEvaluation } from '../../data/openEvaluation.node.ts';
import type { OnProgress } from '../../data/progress.ts';
import type { Baseline } from '../../data/baseline.ts';
import { cacheFolder } from '../../kernels/cacheFolder.node.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import { dataOptions } from '../config/dataOptions.ts';
import { encodingThreads } from '../encodingThreads.node.ts';
import { firstBatches } from './firstBatches.ts';
import { keptValidation, VALIDATION_FILE } from './keptValidation.ts';
import type { Kept } from './keptValidation.ts';
import type { Trained } from './trained.node.ts';

export interface EvaluationBatches {
  readonly batches: () => AsyncIterable<MaskedInput>;
  /** How many batches there are. */
  readonly count: number;
  readonly baseline: Baseline;
  close(): Promise<void>;
}

const MOVED =
  'the run is not where it was trained, so its relative paths count from the present folder: go where its text is, or name text with --corpus';

/** Files to evaluate on, and the field of the texts in those that are tables: by default the config's. */
export interface GivenCorpus {
  readonly corpus: readonly string[];
  readonly field?: string | undefined;
}

/**
 * The batches that the run itself validates on, which it keeps unless they are many. Encoded text is taken from the run's cache where it
 * is there, but only ever written to the user's own.
 */
export async function evaluationData(trained: Trained, onProgress: OnProgress): Promise<EvaluationBatches> {
  const { config, tokenizerPath, folder } = trained;
  const kept = await keptBy(trained, onProgress);
  if (kept) {
    const { batches, baseline } = kept;
    const count = batches.stepsPerEpoch;
    return { batches: () => firstBatches(batches, count), count, baseline, close: () => Promise.resolve() };
  }
  const options = { ...dataOptions(config), tokenizer: tokenizerPath, threads: encodingThreads('auto') };
  const data = await openData(options, onProgress, folder, cachesOf(trained)).catch((error: unknown) => {
    throw trained.moved && error instanceof BertrandError ? new BertrandError(`${error.message}; ${MOVED}`) : error;
  });
  if (trained.corpus !== undefined && (await data.fingerprint()) !== trained.corpus) {
    await data.close();
    throw new BertrandError(
      `not the run's validation text: ${config.data.corpus.join(' ')} is not what it was when the run was trained; ` +
        `put the files back as they were, or name text to evaluate on with --corpus${trained.moved ? ` (${MOVED})` : ''}`,
    );
  }
  return {
    batches: () => firstBatches(data.validation, config.validate.batches),
    count: Math.min(config.validate.batches, data.validation.stepsPerEpoch),
    baseline: data.baseline,
    close: () => data.close(),
  };
}

/** All of the given files, for a model that may be of no run. Encoded text is kept likewise. */
export async function givenText(
  model: Pick<Trained, 'config' | 'tokenizer' | 'folder'>,
  { corpus, field = model.config.data.field }: GivenCorpus,
  onProgress: OnProgress,
): Promise<EvaluationBatches> {
  const options = { ...dataOptions(model.config), corpus, field, threads: encodingThreads('auto') };
  const data = await openEvaluation(model.tokenizer, options, onProgress, undefined, cachesOf(model));
  return {
    batches: () => firstBatches(data.batches, data.batches.stepsPerEpoch),
    count: data.batches.stepsPerEpoch,
    baseline: data.baseline,
    close: () => data.close(),
  };
}

const cachesOf = ({ config, folder }: Pick<Trained, 'config' | 'folder'>): CacheFolders => ({
  own: join(cacheFolder(), 'corpora'),
  foreign: resolve(folder, config.data.cache),
});

/** What the run keeps to validate on, if it does, and by the settings of its config. */
async function keptBy(
  { run, step, config, tokenizer, validation }: Trained,
  onProgress: OnProgress,
): Promise<Kept | undefined> {
  const path = join(run, VALIDATION_FILE);
  if (validation === undefined || !existsSync(path)) return undefined;
  const bytes = readInput(path);
  if ((await sha256(bytes as Uint8Array<ArrayBuffer>)) === validation)
    return keptValidation(bytes, path, config, tokenizer);
  onProgress({ notice: `${path}: it was changed since step ${step} was saved; the run's text is read instead` });
  return undefined;
}
