import type { TokenizerOptions } from '../../../src/data/dataOptions.ts';
import { dataFromFiles } from '../../../src/data/dataFromFiles.ts';
import type { CorpusBlob } from '../../../src/data/dataFromFiles.ts';
import type { OpenedData } from '../../../src/data/openedData.ts';
import type { OnProgress } from '../../../src/data/progress.ts';
import type { Tokenizer } from '../../../src/data/tokenizer/tokenizer.ts';
import { tokenizerOfText } from '../../../src/data/tokenizer/tokenizerText.ts';
import { sha256 } from '../../../src/data/digest.ts';
import { BertrandError } from '../../../src/error.ts';
import type { StoredCheckpoint } from '../../../src/train/run/checkpoint/checkpoint.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import type { Config } from '../../../src/train/config/table/table.ts';
import { changedKeys } from '../../../src/train/run/resume/changedKeys.ts';
import { toYaml } from '../../../src/train/config/yaml/toYaml.ts';
import { dataOptions } from '../../../src/train/config/dataOptions.ts';
import type { PathAndBlob } from '../protocol.ts';
import { BrowserRun } from './storage/browserRun.ts';
import { bundledCorpus, isBundled } from './plan/bundledCorpus.ts';
import { CONFIG_NAME } from './plan/configView.ts';
import { expectNone, newRunRefusals, textRefusals } from './plan/pageRules.ts';
import { lock } from './storage/lock.ts';
import type { OpenedFiles } from './storage/openZips.ts';
import { flatNames, shortName } from './storage/fileNames.ts';
import * as savedRuns from './storage/savedRuns.ts';

/** An open run, without its model. */
export interface OpenRun {
  readonly run: BrowserRun;
  config: Config;
  /** All of the config. */
  yaml: string;
  readonly tokenizer: Tokenizer;
  /** Undefined where the run's text is not here. */
  data: OpenedData | undefined;
  close(): Promise<void>;
}

/** The run's text. Throws a BertrandError where it is not here. */
export function expectData({ data }: Pick<OpenRun, 'data'>): OpenedData {
  if (data) return data;
  throw new BertrandError('the text that this run was trained on is not here', { advice: 'add its files' });
}

/** Where the page is, and where its events go. */
export interface Surroundings {
  /** The address of the page. */
  readonly base: string;
  readonly onProgress: OnProgress;
  readonly onSaved: (step: number, trouble: string | undefined) => void;
}

/** A new run on the config's corpus, or on files instead. */
export async function newRun(text: string, own: readonly PathAndBlob[], around: Surroundings): Promise<OpenRun> {
  const wanted = resolveConfig(text, CONFIG_NAME);
  const kept = await savedRuns.canSaveRuns();
  const { name, unlock } = await claim(nameOf(wanted), kept);
  try {
    const out = `runs/${name}`;
    const settings = [`out=${out}`, ...(own.length > 0 ? [`data.corpus=["${out}/corpus/*"]`] : [])];
    const config = resolveConfig(text, CONFIG_NAME, settings);
    expectNone(newRunRefusals(config, own.length > 0));
    const corpus = flatNames(own);
    const files = await corpusFiles(config, corpus, around.base);
    const data = await dataFromFiles(
      files,
      { ...dataOptions(config), tokenizer: config.data.tokenizer as TokenizerOptions }, // others are refused above
      around.onProgress,
    );
    if (kept && corpus.length > 0) await savedRuns.keepCorpus(name, corpus);
    const yaml = toYaml(config);
    const { tokenizer } = data;
    const run = new BrowserRun({
      name,
      config,
      yaml,
      tokenizer: JSON.stringify(tokenizer.toJson()),
      metrics: '',
      corpus,
      checkpoint: undefined,
      passedOver: [],
      canSave: kept,
      onSaved: around.onSaved,
    });
    return { run, config, yaml, tokenizer, data, close: closing(unlock, data) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * A run from its files.
 * @param keptAs the name under which this browser keeps it; undefined for one from elsewhere, which is then kept
 */
export async function storedRun(
  { files, checkpoint, passedOver }: OpenedFiles,
  keptAs: string | undefined,
  around: Surroundings,
): Promise<OpenRun> {
  const kept = await savedRuns.canSaveRuns();
  const written = resolveConfig(files.config, CONFIG_NAME);
  const { name, unlock } = await claim(keptAs ?? nameOf(written), kept, keptAs !== undefined);
  try {
    const corpus = keptAs === undefined ? flatNames(files.corpus) : await savedRuns.corpusOf(keptAs);
    const settings = [`out=runs/${name}`, ...(corpus.length > 0 ? [`data.corpus=["runs/${name}/corpus/*"]`] : [])];
    const config = resolveConfig(files.config, CONFIG_NAME, settings);
    expectSameConfig(config, checkpoint);
    const tokenizer = await tokenizerOf(files.tokenizer, checkpoint);
    const here = corpus.length > 0 || config.data.corpus.every(isBundled);
    const data = here ? await dataOf(config, corpus, tokenizer, around) : undefined;
    const yaml = toYaml(config);
    const { metrics } = files;
    const parts = { name, config, yaml, tokenizer: files.tokenizer, metrics, corpus, checkpoint, passedOver };
    const run = new BrowserRun({ ...parts, canSave: kept, onSaved: around.onSaved });
    if (keptAs === undefined) {
      if (kept && corpus.length > 0) await savedRuns.keepCorpus(name, corpus);
      await run.save(checkpoint, { scheduled: false });
    }
    return { run, config, yaml, tokenizer, data, close: closing(unlock, data) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The run's data, its tokenizer given. */
export async function dataOf(
  config: Config,
  corpus: readonly PathAndBlob[],
  tokenizer: Tokenizer,
  around: Surroundings,
): Promise<OpenedData> {
  const files = await corpusFiles(config, corpus, around.base);
  return dataFromFiles(files, { ...dataOptions(config), tokenizer }, around.onProgress);
}

async function corpusFiles(config: Config, own: readonly PathAndBlob[], base: string): Promise<CorpusBlob[]> {
  expectNone(textRefusals(config, own.length > 0));
  if (own.length > 0) return own.map(({ path, blob }) => ({ name: path, content: blob }));
  return bundledCorpus(config.data.corpus, base);
}

/** The last part of `out`, as a name that files may have. */
const nameOf = ({ out }: Config): string =>
  shortName(
    (out.split(/[/\\]/).findLast((part) => part !== '') ?? '').replaceAll(/[^\w.-]/g, '-').replace(/^\.+/, ''),
  ) || 'browser';

/** The run's tokenizer. Throws a BertrandError if it is damaged, or not the one that the checkpoint was trained with. */
async function tokenizerOf(text: string, { state }: StoredCheckpoint): Promise<Tokenizer> {
  const tokenizer = tokenizerOfText(text, 'tokenizer.json');
  if (isSecureContext && state.tokenizer !== undefined && (await sha256(text)) !== state.tokenizer)
    throw new BertrandError(
      `tokenizer.json: it was changed since step ${state.step} was saved, so words have other ids than the model learnt; put it back as it was`,
    );
  return tokenizer;
}

/** Throws a BertrandError if the config is not the one that the checkpoint was trained with. */
function expectSameConfig(config: Config, { state }: StoredCheckpoint): void {
  if (!state.config) return; // of a version that did not keep it
  const saved = resolveConfig(JSON.stringify(state.config), 'state.json', [], ['device', 'cpu']);
  const keys = changedKeys(saved, config, state).map(({ key }) => key);
  const changed = keys.filter((key) => key !== 'train.precision'); // the page has its own
  if (changed.length > 0)
    throw new BertrandError(
      `config.yaml: it was changed since step ${state.step} was saved (${changed.join(', ')}); put it back as it was`,
    );
}

/** Reserves a run's name for this tab. */
async function claim(name: string, kept: boolean, exactly = false): Promise<{ name: string; unlock: () => void }> {
  const own = kept && !exactly ? await savedRuns.freeName(name) : name;
  return { name: own, unlock: await lock(own) };
}

const closing = (unlock: () => void, data: OpenedData | undefined) => async (): Promise<void> => {
  unlock();
  await data?.close();
};
