import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BertrandError } from '../../../error.ts';
import { checkpointName } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { checkpointFiles } from './checkpointFiles.ts';
import { disk as realDisk, exists, explainDisk, sha256 } from '../disk.node.ts';
import type { Disk } from '../disk.node.ts';
import { listCheckpoints, verifyCheckpoint } from './readCheckpoint.node.ts';
import { writer } from './writer.node.ts';

/** Prefix of what a crash may leave behind. No checkpoint's name begins with it. */
const TEMPORARY = '.tmp-';

/** Writes the checkpoints of one run. Only one process may hold one at a time. */
export class CheckpointFolder {
  readonly path: string;
  readonly #keep: number;
  readonly #disk: Disk;
  /** Checkpoints known to be intact, so that each is verified at most once. */
  readonly #intact = new Set<string>();

  /** @param keep the number of intact checkpoints that stay */
  constructor(path: string, keep: number, disk: Disk = realDisk) {
    this.path = path;
    this.#keep = keep;
    this.#disk = disk;
  }

  /** Makes the folder where it is missing, and removes what interrupted writes left. */
  async prepare(): Promise<void> {
    try {
      await this.#disk.makeFolder(this.path);
      for (const name of await readdir(this.path))
        if (name.startsWith(TEMPORARY)) await this.#disk.remove(join(this.path, name));
    } catch (error) {
      throw explainDisk(error, `cannot prepare ${this.path}`, 'free it, or choose another folder with --out');
    }
  }

  /**
   * Writes a checkpoint: it appears by one rename of a finished, synced folder, or not at all. Then removes all older than
   * the newest `keep` intact ones. Throws a BertrandError when the disk is full or cannot be written.
   * @param stays whether that of a step is not removed, however old it is
   * @returns the checkpoint's path
   */
  async save(checkpoint: Checkpoint, stays: (step: number) => boolean = () => false): Promise<string> {
    const name = checkpointName(checkpoint.state.step);
    const path = join(this.path, name);
    const temporary = join(this.path, TEMPORARY + name);
    try {
      await this.#write(temporary, checkpoint);
      if (await exists(path)) await this.#setAside(path); // a damaged one, which resuming skipped
      await this.#disk.rename(temporary, path);
      await this.#disk.syncFolder(this.path);
    } catch (error) {
      await this.#disk.remove(temporary).catch(() => {}); // the first error is the one to report
      if (!(await exists(this.path)))
        throw new BertrandError(`${this.path} was removed while the run was writing to it; what it had saved is gone`);
      throw explainDisk(
        error,
        `cannot save the checkpoint of step ${checkpoint.state.step} in ${this.path}`,
        'the older checkpoints are as they were; put that right and go on with --resume',
      );
    }
    this.#intact.add(path);
    await this.#prune(stays);
    return path;
  }

  async #write(folder: string, checkpoint: Checkpoint): Promise<void> {
    await this.#disk.remove(folder);
    await this.#disk.makeFolderIn(folder); // without its parents: a run whose folder was removed is gone
    for await (const { name, bytes } of checkpointFiles(checkpoint, writer(), sha256))
      await this.#disk.write(join(folder, name), bytes);
    await this.#disk.syncFolder(folder);
  }

  async #setAside(path: string): Promise<void> {
    const aside = join(dirname(path), `${TEMPORARY}replaced`);
    await this.#disk.remove(aside);
    await this.#disk.rename(path, aside);
    this.#intact.delete(path);
  }

  async #prune(stays: (step: number) => boolean): Promise<void> {
    let kept = 0;
    for (const { path, step } of (await listCheckpoints(this.path)).toReversed())
      if (kept >= this.#keep) {
        if (!stays(step)) await this.#remove(path);
      } else if (await this.#isIntact(path)) kept += 1;
    await this.#disk.remove(join(this.path, `${TEMPORARY}replaced`)).catch(() => {}); // else when next opened
  }

  /** Renamed first, so that no half-removed checkpoint is ever seen under its name. */
  async #remove(path: string): Promise<void> {
    const aside = join(this.path, `${TEMPORARY}old`);
    try {
      await this.#disk.remove(aside);
      await this.#disk.rename(path, aside);
      await this.#disk.remove(aside);
    } catch (error) {
      throw explainDisk(error, `cannot remove the old checkpoint ${path}`, 'remove it by hand and go on with --resume');
    }
    this.#intact.delete(path);
  }

  async #isIntact(path: string): Promise<boolean> {
    if (this.#intact.has(path)) return true;
    try {
      await verifyCheckpoint(path);
    } catch (error) {
      if (error instanceof BertrandError) return false;
      throw error;
    }
    this.#intact.add(path);
    return true;
  }
}
