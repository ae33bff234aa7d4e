import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { BertrandError } from '../../error.ts';
import { changedKeys } from './changedKeys.ts';
import type { PassedOver, StoredCheckpoint } from './checkpoint/checkpoint.ts';
import { CheckpointFolder } from './checkpoint/checkpointFolder.node.ts';
import { exists, explainDisk, replaceFile } from './disk.node.ts';
import { isLock, lockFolder } from './lock.node.ts';
import { MetricsFile } from './metricsFile.node.ts';
import { cutMetrics } from './metricsText.ts';
import { listCheckpoints, newestIntact } from './checkpoint/readCheckpoint.node.ts';
import type { RunFolder, RunRequest } from './runFolder.ts';

/**
 * Opens the folder of a new run, or of one to resume, for this process alone.
 * Throws a BertrandError if there is a run already and `resume` is not set, if there is none to resume, if its config
 * differs in a way that changes what is learnt, if none of its checkpoints is intact, or if another process writes it.
 */
export async function openRun(request: RunRequest): Promise<RunFolder> {
  const { path, keep, resume, yaml } = request;
  const remedy = 'choose another folder with --out';
  try {
    if (resume) await expectRun(path);
    else await mkdir(path, { recursive: true });
    const unlock = await lockFolder(path);
    try {
      if (resume) await expectSameRun(request);
      else await begin(path, yaml);
      const checkpoints = new CheckpointFolder(join(path, 'checkpoints'), keep);
      await checkpoints.prepare();
      const { checkpoint, passedOver } = await goOnFrom(checkpoints.path);
      if (resume) await replaceFile(join(path, 'config.yaml'), yaml);
      await prepareMetrics(join(path, 'metrics.jsonl'), checkpoint?.state.step);
      const metrics = new MetricsFile(join(path, 'metrics.jsonl'));
      return runFolder(path, checkpoints, metrics, { checkpoint, passedOver }, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    throw explainDisk(error, `cannot open the run in ${path}`, remedy);
  }
}

async function expectRun(path: string): Promise<void> {
  if (!(await exists(join(path, 'config.yaml'))))
    throw new BertrandError(`${path}: there is no run to resume`, { advice: 'leave out --resume to start one' });
}

/** What a run without a checkpoint has in its folder, which a new one may write over. */
const OWN = new Set(['config.yaml', 'config.yaml.tmp', 'tokenizer.json', 'metrics.jsonl', 'checkpoints']);

/** Writes config.yaml first of all: a folder that has it is a run. */
async function begin(path: string, yaml: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => !isLock(name));
  const checkpoints = join(path, 'checkpoints');
  if (names.includes('config.yaml') && (await exists(checkpoints)) && (await listCheckpoints(checkpoints)).length > 0)
    throw new BertrandError(`${path}: there is a run already`, {
      advice: 'add --resume to go on with it (npm start -- --resume), or choose another --out',
    });
  const foreign = names.find((name) => !OWN.has(name) || !names.includes('config.yaml'));
  if (foreign !== undefined && foreign !== 'config.yaml.tmp')
    throw new BertrandError(`${path}: a run needs an empty folder, and ${foreign} is there`, {
      advice: 'choose another --out',
    });
  for (const name of ['tokenizer.json', 'metrics.jsonl']) await rm(join(path, name), { force: true });
  await replaceFile(join(path, 'config.yaml'), yaml);
}

async function expectSameRun({ path, config }: RunRequest): Promise<void> {
  const run = await readConfig(join(path, 'config.yaml'));
  const changed = changedKeys(run, config);
  if (changed.length === 0) return;
  const lines = changed.map(({ key, was, is }) => `  ${key}: the run has ${show(was)}, the config ${show(is)}`);
  throw new BertrandError(
    `${path}: cannot be resumed with a config that changes what is learnt:\n${lines.join('\n')}`,
    { advice: 'put these back, or start a new run with another --out' },
  );
}

async function readConfig(file: string): Promise<object> {
  let problem = 'it holds no keys';
  try {
    const config: unknown = parse(await readFile(file, 'utf8'));
    if (typeof config === 'object' && config !== null) return config;
  } catch (error) {
    problem = error instanceof Error ? error.message.split('\n')[0].replace(/:$/, '') : String(error); // yaml quotes the file after it
  }
  throw new BertrandError(`${file}: cannot be read: ${problem}`, { advice: 'start a new run with another --out' });
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

async function goOnFrom(
  folder: string,
): Promise<{ checkpoint: StoredCheckpoint | undefined; passedOver: readonly PassedOver[] }> {
  const found = await newestIntact(folder);
  if (!found.checkpoint && found.passedOver.length > 0)
    throw new BertrandError(
      `${folder}: no checkpoint is intact:\n${found.passedOver.map(({ reason }) => `  ${reason}`).join('\n')}`,
      { advice: 'start a new run with another --out' },
    );
  return found;
}

/** Without a checkpoint the run begins anew, and its metrics too. */
async function prepareMetrics(file: string, step: number | undefined): Promise<void> {
  if (!(await exists(file))) return;
  const text = await readFile(file, 'utf8');
  const kept = step === undefined ? '' : cutMetrics(text, step);
  if (kept !== text) await replaceFile(file, kept);
}

function runFolder(
  path: string,
  checkpoints: CheckpointFolder,
  metrics: MetricsFile,
  found: Pick<RunFolder, 'checkpoint' | 'passedOver'>,
  unlock: () => Promise<void>,
): RunFolder {
  return {
    path,
    ...found,
    saveTokenizer: (json) => saveTokenizer(join(path, 'tokenizer.json'), json),
    log: (event, fields) => metrics.append(event, fields),
    async save(checkpoint, { scheduled } = { scheduled: true }) {
      const { size } = metrics;
      if (scheduled) metrics.append('checkpoint', { step: checkpoint.state.step }); // before: a crash right after keeps it
      metrics.sync();
      try {
        return await checkpoints.save(checkpoint);
      } catch (error) {
        metrics.cut(size);
        throw error;
      }
    },
    async close() {
      metrics.close();
      await unlock();
    },
  };
}

async function saveTokenizer(file: string, json: string): Promise<void> {
  try {
    if (!(await exists(file))) await replaceFile(file, json);
    else if ((await readFile(file, 'utf8')) !== json)
      throw new BertrandError(
        `${file}: the run has another tokenizer than its corpus gives now, so the corpus has changed`,
        { advice: 'put it back, or start a new run with another --out' },
      );
  } catch (error) {
    throw explainDisk(error, `cannot write ${file}`, 'put that right and go on with --resume');
  }
}
