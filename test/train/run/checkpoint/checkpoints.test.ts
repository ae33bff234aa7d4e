import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName, stepOfName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { CheckpointFolder } from '../../../../src/train/run/checkpoint/checkpointFolder.node.ts';
import { parseState, stateText } from '../../../../src/train/run/checkpoint/storedState.ts';
import { sha256 } from '../../../../src/data/digest.ts';
import { disk } from '../../../../src/train/run/disk.node.ts';
import type { Disk } from '../../../../src/train/run/disk.node.ts';
import {
  listCheckpoints,
  newestIntact,
  readCheckpoint,
} from '../../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { rejects } from '../../../data/rejects.ts';
import { temporaryFolder } from '../../../temporaryFolder.ts';
import { checkpointOf } from '../checkpointSample.ts';

/** The disk without waiting for it, which would make these tests slow. */
const quick: Disk = { ...disk, write: async (path, bytes) => writeFileSync(path, bytes), syncFolder: async () => {} };
const root = temporaryFolder();
let folders = 0;

async function folderWith(steps: readonly number[], keep = 100): Promise<CheckpointFolder> {
  const folder = new CheckpointFolder(join(root, String(folders++)), keep, quick);
  await folder.prepare();
  for (const step of steps) await folder.save(checkpointOf(step));
  return folder;
}

function flipBit(file: string, at: number, bit = 0): void {
  const bytes = readFileSync(file);
  assert.ok(at < bytes.length, `${file} has no byte ${at}`);
  bytes[at] ^= 1 << bit;
  writeFileSync(file, bytes);
}

test('a checkpoint is read as it was written', async () => {
  const folder = new CheckpointFolder(join(root, 'synced'), 1);
  await folder.prepare();
  const path = await folder.save(checkpointOf(100));
  assert.is(path, join(folder.path, 'step-00000100'));
  assert.equal(readdirSync(path).toSorted(), ['model.safetensors', 'optimizer.safetensors', 'state.json']);
  const { model, optimizer, state, versions } = await readCheckpoint(path);
  assert.equal(model, checkpointOf(100).model);
  assert.equal(optimizer, checkpointOf(100).optimizer);
  assert.equal(state, checkpointOf(100).state);
  assert.equal(versions, { bertrand: version(), node: process.version, checkpoint: 1 });
});

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version;

test('names and steps belong together, and other names are no checkpoints', () => {
  assert.is(checkpointName(123456789), 'step-123456789');
  for (const step of [0, 1, 99999999, 100000000]) assert.is(stepOfName(checkpointName(step)), step);
  for (const name of ['step-1', 'step-000000100', '.tmp-step-00000100', 'step-00000100.old', 'step-0000010x'])
    assert.is(stepOfName(name), undefined, name);
});

test('the newest intact ones are kept', async () => {
  const folder = await folderWith([1, 2, 3, 4, 5], 2);
  assert.equal(readdirSync(folder.path).toSorted(), ['step-00000004', 'step-00000005']);
});

test('broken ones do not count among those kept', async () => {
  const { path } = await folderWith([1, 2, 3]);
  flipBit(join(path, 'step-00000003', 'model.safetensors'), 150);
  const again = new CheckpointFolder(path, 2, quick);
  await again.prepare();
  await again.save(checkpointOf(4));
  assert.equal(readdirSync(path).toSorted(), ['step-00000002', 'step-00000003', 'step-00000004']);
});

test('a broken checkpoint of the same step is replaced', async () => {
  const { path } = await folderWith([1, 2]);
  rmSync(join(path, 'step-00000002', 'state.json'));
  const again = new CheckpointFolder(path, 2, quick);
  await again.prepare();
  await again.save(checkpointOf(2));
  assert.equal(readdirSync(path).toSorted(), ['step-00000001', 'step-00000002']);
  assert.is((await newestIntact(path)).checkpoint?.state.step, 2);
});

test('what an interrupted write left is removed at the start', async () => {
  const { path } = await folderWith([1]);
  mkdirSync(join(path, '.tmp-step-00000002'));
  writeFileSync(join(path, '.tmp-step-00000002', 'model.safetensors'), 'half');
  await new CheckpointFolder(path, 2, quick).prepare();
  assert.equal(readdirSync(path), ['step-00000001']);
});

test('each kind of damage is passed over with its reason', async () => {
  const damages: [(checkpoint: string) => void, RegExp][] = [
    [(path) => flipBit(join(path, 'model.safetensors'), 150, 3), /model\.safetensors: not intact: its SHA-256/],
    [
      (path) => truncateSync(join(path, 'optimizer.safetensors'), 50),
      /optimizer\.safetensors: not intact: it has 50 bytes/,
    ],
    [(path) => rmSync(join(path, 'model.safetensors')), /model\.safetensors: cannot be read: no such file/],
    [(path) => rmSync(join(path, 'state.json')), /state\.json: cannot be read/],
    [(path) => truncateSync(join(path, 'state.json'), 30), /state\.json: not intact/],
    [(path) => writeFileSync(join(path, 'state.json'), 'null'), /state\.json: not intact/],
    [(path) => writeFileSync(join(path, 'state.json'), '{}'), /does not match its SHA-256/],
    [(path) => edit(join(path, 'state.json'), '"seed": 42', '"seed": 43'), /does not match its SHA-256/],
  ];
  const { path } = await folderWith([1, ...damages.keys()].map((_, i) => i + 1));
  damages.forEach(([damage], i) => damage(join(path, checkpointName(i + 2))));
  const { checkpoint, passedOver } = await newestIntact(path);
  assert.is(checkpoint?.state.step, 1);
  assert.equal(
    passedOver.map((one) => one.path),
    damages.map((_, i) => join(path, checkpointName(damages.length + 1 - i))),
  );
  damages.toReversed().forEach(([, reason], i) => assert.match(passedOver[i].reason, reason));
});

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
}

test('no flipped bit of state.json goes unnoticed', async () => {
  const { path } = await folderWith([1]);
  const file = join(path, 'step-00000001', 'state.json');
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; at += 3) {
    flipBit(file, at, at % 8);
    const { checkpoint } = await newestIntact(path);
    if (checkpoint) assert.equal(checkpoint.state, checkpointOf(1).state); // white space between members may change
    writeFileSync(file, bytes);
  }
});

test('a state.json that vouches for itself, but says what no run does, is not intact', async () => {
  const path = await (await folderWith([])).save(checkpointOf(5));
  const file = join(path, 'state.json');
  const whole = await parseState(readFileSync(file, 'utf8'));
  const changes: [object, RegExp][] = [
    [{ state: { step: '5' } }, /: step: /],
    [{ state: { step: -1 } }, /: step: /],
    [{ state: { folder: 7 } }, /: folder: /],
    [{ state: { config: [] } }, /: config: /],
    [{ state: { device: null } }, /: device: /],
    [{ state: { window: { steps: 1 } } }, /: window\.loss: /],
    [{ files: null }, /: files: /],
    [{ files: {} }, /it does not vouch for model\.safetensors$/],
    [{ files: { 'model.safetensors': { size: 1e300, sha256: '' } } }, /: files\.model\.safetensors\.size: /],
    [{ versions: {} }, /: versions\.bertrand: /],
  ];
  for (const [change, message] of changes) {
    const { state, files, versions } = { ...whole, ...change } as typeof whole;
    writeFileSync(file, await stateText({ ...whole.state, ...state }, files, versions as never));
    if ('versions' in change) writeFileSync(file, await withoutVersions(file));
    await rejects(() => readCheckpoint(path), message);
  }
  for (const text of ['null', '7', '"text"', '[]', '', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`]) {
    writeFileSync(file, text);
    await rejects(() => readCheckpoint(path), /state\.json: not intact: /);
  }
});

async function withoutVersions(file: string): Promise<string> {
  const { sha256: _, versions: __, ...content } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return JSON.stringify({
    ...content,
    versions: {},
    sha256: await sha256(JSON.stringify({ ...content, versions: {} })),
  });
}

test('a checkpoint under the name of another step is not intact', async () => {
  const { path } = await folderWith([1]);
  await disk.rename(join(path, 'step-00000001'), join(path, 'step-00000002'));
  const { checkpoint, passedOver } = await newestIntact(path);
  assert.is(checkpoint, undefined);
  assert.match(passedOver[0].reason, /it is of step 1/);
});

/** A disk on which the operation of that number fails, after half of its work, and all after it where the power goes too. */
function failingDisk(failAt: number, powerGoes: boolean): { disk: Disk; count: () => number } {
  let count = 0;
  const failing =
    <A extends unknown[]>(operation: (...a: A) => Promise<void>, half?: (...a: A) => Promise<void>) =>
    async (...a: A): Promise<void> => {
      count += 1;
      if (count === failAt || (powerGoes && count > failAt)) {
        if (count === failAt) await half?.(...a);
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
      }
      await operation(...a);
    };
  return {
    count: () => count,
    disk: {
      makeFolder: failing(quick.makeFolder),
      makeFolderIn: failing(quick.makeFolderIn),
      write: failing(quick.write, (path, bytes) => quick.write(path, bytes.subarray(0, bytes.length / 2))),
      syncFolder: failing(quick.syncFolder),
      rename: failing(quick.rename),
      remove: failing(quick.remove),
    },
  };
}

test('wherever the disk runs full, the error is clear, nothing half-written stays and the older checkpoint is intact', async () => {
  const whole = failingDisk(Infinity, false);
  const { path } = await folderWith([1]);
  await new CheckpointFolder(path, 2, whole.disk).save(checkpointOf(2));
  assert.ok(whole.count() >= 8);
  for (let failAt = 1; failAt <= whole.count(); failAt++) {
    const { path } = await folderWith([1]);
    const folder = new CheckpointFolder(path, 2, failingDisk(failAt, false).disk);
    const last = failAt === whole.count(); // tidying up after the save: not worth a failure
    if (last) await folder.save(checkpointOf(2));
    else
      await rejects(
        () => folder.save(checkpointOf(2)),
        /cannot save the checkpoint of step 2 in .*: the disk is full \(ENOSPC\); the older/,
      );
    assert.equal(
      readdirSync(path).filter((name) => name.startsWith('.')),
      [],
      `operation ${failAt}`,
    );
    assert.equal((await newestIntact(path)).passedOver, []);
    await readCheckpoint(join(path, 'step-00000001'));
  }
});

test('wherever the power goes, what is found next is the old checkpoint or the new one, never half of one', async () => {
  for (let failAt = 1; failAt <= 20; failAt++) {
    const { path } = await folderWith([1, 2], 2);
    await new CheckpointFolder(path, 2, failingDisk(failAt, true).disk).save(checkpointOf(3)).catch(() => {});
    const { checkpoint, passedOver } = await newestIntact(path);
    assert.equal(passedOver, []);
    const step = checkpoint?.state.step ?? 0;
    assert.ok(step === 2 || step === 3, `operation ${failAt}: step ${step}`);
    assert.equal(checkpoint?.model, checkpointOf(step).model);
    const next = new CheckpointFolder(path, 2, quick);
    await next.prepare();
    await next.save(checkpointOf(4));
    assert.equal(readdirSync(path).toSorted(), [checkpointName(step), 'step-00000004'], `operation ${failAt}`);
  }
});

test('a process killed while saving leaves intact checkpoints only', async () => {
  const { path } = await folderWith([1]);
  const code = `
    import { CheckpointFolder } from '${new URL('../../../../src/train/run/checkpoint/checkpointFolder.node.ts', import.meta.url).href}';
    const folder = new CheckpointFolder(${JSON.stringify(path)}, 2);
    await folder.prepare();
    console.log('ready');
    const tensors = new Map([['a', { shape: [1000000], data: new Float32Array(1000000) }]]);
    for (let step = Number(process.argv[1]); ; step++) await folder.save({ model: tensors, optimizer: tensors, state: { step } });`;
  let step = 1;
  for (const delay of [20, 90, 160, 1000, 10_000]) {
    if (delay > 160 && step > 1) break; // the longer ones are for slow machines
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', code, '--', String(step + 1)],
      {
        cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
      },
    );
    await once(child.stdout, 'data');
    await new Promise((resolve) => {
      setTimeout(resolve, delay);
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { checkpoint, passedOver } = await newestIntact(path);
    assert.equal(passedOver, []);
    assert.ok((checkpoint?.state.step ?? 0) >= step);
    step = checkpoint?.state.step ?? 0;
  }
  assert.ok(step > 1, 'no checkpoint was ever written');
});

test('beside a run that keeps one checkpoint there is always an intact one to find', async () => {
  const folder = await folderWith([1], 1);
  let step = 1;
  const reading = new AbortController();
  const saving = (async () => {
    while (!reading.signal.aborted) await folder.save(checkpointOf(++step));
  })();
  try {
    for (let round = 0; round < 200; round++) {
      const { checkpoint, passedOver } = await newestIntact(folder.path);
      assert.ok(checkpoint, JSON.stringify(passedOver));
      assert.equal(passedOver, []);
    }
  } finally {
    reading.abort();
    await saving;
  }
  assert.ok(step > 10);
});

test('a folder that cannot be made is named', async () => {
  const file = join(temporaryFolder({ x: '' }), 'x');
  await rejects(
    () => new CheckpointFolder(join(file, 'checkpoints'), 2).prepare(),
    /cannot prepare .*: a part of the path is a file/,
  );
  await rejects(
    () => listCheckpoints(join(file, '..', 'missing')),
    /cannot list the checkpoints in .*no such file or folder/,
  );
});

test.run();
