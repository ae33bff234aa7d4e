import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkpointName } from '../../../../src/train/run/checkpoint/checkpoint.ts';
import { parseState, stateText } from '../../../../src/train/run/checkpoint/storedState.ts';
import { sha256 } from '../../../../src/data/digest.ts';
import { disk } from '../../../../src/train/run/disk.node.ts';
import { newestIntact, readCheckpoint } from '../../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { rejects } from '../../../data/rejects.ts';
import { checkpointOf } from '../checkpointSample.ts';
import { folderWith, flipBit } from './folderSample.ts';

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
    [
      { files: { 'model.safetensors': { size: 1, sha256: 'x'.repeat(1e5) } } },
      /\.sha256: expected .* 64 hex\w+ digits$/,
    ],
    [{ state: { folder: 'x'.repeat(1e5) } }, /: folder: found a text of more than 4096 characters$/],
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

test.run();
