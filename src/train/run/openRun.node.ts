import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readInputText } from '../../data/inputFile.node.ts';
import { makeFolders } from '../../data/makeFolders.node.ts';
import { BertrandError } from '../../error.ts';
import type { Config } from '../config/table/table.ts';
import { changedKeys, expectUnchanged } from './resume/changedKeys.ts';
import type { PassedOver, StoredCheckpoint } from './checkpoint/checkpoint.ts';
import { exists, explainDisk } from './disk.node.ts';
import { isLock, lockFolder } from './lock.node.ts';
import { LONGEST_METRICS, savedStep } from './metricsText.ts';
import { listCheckpoints, newestIntact, readCheckpoint } from './checkpoint/readCheckpoint.node.ts';
import type { CheckpointPath } from './checkpoint/readCheckpoint.node.ts';
import { configOf, runConfig } from './resume/runConfig.node.ts';
import type { OpenedRun, RunRequest } from './runFolder.ts';
import { RunOnDisk } from './runOnDisk.node.ts';

/**
 * Opens the folder of a new run, or of one to resume, for this process alone, and changes nothing of it yet.
 * Throws a BertrandError if there is a run already and neither `resume` nor `overwrite` is set, if there is none to resume, if its config
 * differs in a way that changes what is learnt, if its checkpoints are gone or none of them is intact, or if another process
 * writes it.
 */
export async function openRun(request: RunRequest): Promise<OpenedRun> {
  const { path, resume, step, overwrite = false } = request;
  try {
    if (resume) await expectRun(path);
    const made = resume ? undefined : makeFolders(path);
    const lock = await lockFolder(path);
    try {
      if (!resume) {
        await expectRoom(path, overwrite);
        return new RunOnDisk(request, { passedOver: [], made: made !== undefined }, lock);
      }
      const found = await goOnFrom(path, step);
      const { config } = request;
      const before =
        config &&
        (configOf(found.checkpoint) ?? runConfig(path, 'put it back as it was, or start a new run with another --out'));
      if (before) expectSameRun(path, config, before, found.checkpoint);
      request.expectSame?.(found.checkpoint);
      return new RunOnDisk(request, { ...found, before, made: false }, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw explainDisk(error, `cannot open the run in ${path}`, 'choose another folder with --out');
  }
}

/** Where a new run was to begin there is one. */
export class RunExists extends BertrandError {}

/** Whether there is something to resume in a folder, or to overwrite. */
export const isRun = async (path: string): Promise<boolean> =>
  (await exists(join(path, 'config.yaml'))) || (await stepsIn(path)).length > 0;

async function expectRun(path: string): Promise<void> {
  if (await isRun(path)) return;
  throw new BertrandError(`${path}: there is no run to resume; leave out --resume to start one`);
}

/** What a run has in its folder. */
const OWN =
  /^(?:(?:config\.yaml|tokenizer\.json|labels\.json|validation\.safetensors|metrics\.jsonl)(?:\.tmp)?|metrics\.\d+\.jsonl|events\.out\.tfevents\..+|checkpoints(?:\.\d+)?|\.removed)$/;

/** Throws unless the folder is empty, or holds a run that never saved anything or may be overwritten. */
async function expectRoom(path: string, overwrite: boolean): Promise<void> {
  const names = (await readdir(path)).filter((name) => !isLock(name));
  if (!overwrite && (await stepsIn(path)).length > 0)
    throw new RunExists(`${path}: there is a run already`, {
      advice: 'add --resume to go on with it, or choose another --out',
    });
  const foreign = names.find((name) => !OWN.test(name)) ?? (names.includes('config.yaml') ? undefined : names[0]);
  if (foreign !== undefined && foreign !== 'config.yaml.tmp')
    throw new BertrandError(`${path}: a run needs an empty folder, and ${foreign} is there; choose another --out`);
  if (!overwrite) await expectNothingLost(path);
}

/** The checkpoints that there are, intact or not. */
const stepsIn = async (path: string): Promise<CheckpointPath[]> =>
  (await exists(join(path, 'checkpoints'))) ? listCheckpoints(join(path, 'checkpoints')) : [];

/** Throws if the metrics tell of a checkpoint, where there is none. */
async function expectNothingLost(path: string): Promise<void> {
  const file = join(path, 'metrics.jsonl');
  const step = (await exists(file)) ? savedStep(readInputText(file, LONGEST_METRICS)) : undefined;
  if (step !== undefined)
    throw new BertrandError(
      `${path}: its checkpoints are gone: metrics.jsonl is of a run that was saved at step ${step}; ` +
        'put the folder checkpoints back and add --resume, or choose another --out',
    );
}

function expectSameRun(path: string, config: Config, before: Config, checkpoint: StoredCheckpoint | undefined): void {
  const changed = changedKeys(before, config, checkpoint?.state ?? { step: 0 });
  expectUnchanged(path, changed, (key) =>
    key === 'train.steps' && config.train.steps !== 'none'
      ? `the run is at step ${checkpoint?.state.step}, the config ends at ${config.train.steps}`
      : undefined,
  );
}

interface Newest {
  readonly checkpoint?: StoredCheckpoint | undefined;
  readonly passedOver: readonly PassedOver[];
}

async function goOnFrom(path: string, step: number | undefined): Promise<Newest> {
  const folder = join(path, 'checkpoints');
  if (step !== undefined) return { checkpoint: await readCheckpoint(await pathOfStep(path, step)), passedOver: [] };
  const found: Newest = (await exists(folder)) ? await newestIntact(folder) : { passedOver: [] };
  if (found.checkpoint) return found;
  if (found.passedOver.length > 0)
    throw new BertrandError(
      `${folder}: no checkpoint is intact:\n${found.passedOver.map(({ reason }) => `  ${reason}`).join('\n')}`,
      { advice: 'start a new run with another --out' },
    );
  await expectNothingLost(path);
  return found;
}

/** Throws a BertrandError that lists the steps there are if that one has no checkpoint. */
async function pathOfStep(path: string, step: number): Promise<string> {
  const there = await stepsIn(path);
  const found = there.find((one) => one.step === step);
  if (found) return found.path;
  const steps = there.length > 0 ? `of the steps ${there.map((one) => one.step).join(', ')}` : 'none';
  throw new BertrandError(`${path}: there is no checkpoint of step ${step}; there are ${steps}`);
}
