import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertrandError } from '../../../src/error.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { evaluate } from '../../../src/train/evaluate/evaluation.ts';
import { evaluationData } from '../../../src/train/evaluate/evaluationData.node.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import type { StoredState } from '../../../src/train/run/checkpoint/storedState.ts';
import { parseState, stateText } from '../../../src/train/run/checkpoint/storedState.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { trainedRun } from '../trainedRun.ts';

process.env.XDG_CACHE_HOME = temporaryFolder();
const folder = await trainedRun();
const run = join(folder, 'run');
const device = await openCpu({ threads: 1, products: 'wasm' });
const newest = 'checkpoints/step-00000020';

/** What `evaluate` finds of a run, and what it says. */
async function evaluated(
  path: string,
  onNotice: (text: string) => void = () => {},
): Promise<{ loss: number; notices: readonly string[]; path: string }> {
  const trained = await openTrained(path);
  const data = await evaluationData(trained, (event) => {
    if ('notice' in event) onNotice(event.notice);
  });
  const { loss } = await evaluate(device, trained.modelOn(device), data.batches(), data.baseline);
  await data.close();
  return { loss, notices: trained.notices, path: trained.path };
}

const whole = await evaluated(run);

/** Changes a file of the run while something is done. */
async function changed<T>(name: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const file = join(folder, name);
  const before = readFileSync(file, 'latin1');
  const after = change(before);
  assert.is.not(after, before, `${name} was not changed`);
  writeFileSync(file, after, 'latin1');
  try {
    return await work();
  } finally {
    writeFileSync(file, before, 'latin1');
  }
}

test('an intact run answers without a notice', () => {
  assert.equal([whole.notices, whole.path], [[], join(run, newest)]);
});

test('an older checkpoint that answers says so, and why the newer do not', async () => {
  const found = await changed(
    `run/${newest}/model.safetensors`,
    () => '',
    () => evaluated(run),
  );
  assert.is(found.notices.length, 2);
  assert.match(found.notices[0], /^passed over: .*step-00000020.model\.safetensors: not intact: it has 0 bytes/);
  assert.match(found.notices[1], /step-00000015 answers, of step 15$/);
  assert.is.not(found.loss, whole.loss);
});

test('another tokenizer, another config and other text than the run was trained on are refused', async () => {
  const refusals: [string, (text: string) => string, RegExp][] = [
    ['run/tokenizer.json', (text) => text.replace('"##s"', '"##ß"'), /tokenizer\.json: it was changed since step 20 was saved/],
    ['run/config.yaml', (text) => text.replace('heads: 2', 'heads: 4'), /config\.yaml: it was changed since step 20 was saved:\n {2}model\.heads was 2 and is 4\nput/],
    ['run/config.yaml', (text) => text.replace('batchSize: 8', 'batchSize: 9'), /train\.batchSize was 8 and is 9/],
  ]; // prettier-ignore
  for (const [name, change, message] of refusals)
    assert.match(await messageOf(() => changed(name, change, () => evaluated(run))), message);
  const kept = join(run, 'validation.safetensors');
  renameSync(kept, `${kept}.away`);
  assert.match(
    await messageOf(() => changed('corpus.txt', (text) => text.replace('king', 'queen'), () => evaluated(run))),
    /^not the run's validation text: .*put the files back as they were, or .*--corpus$/,
  ); // prettier-ignore
  assert.is((await evaluated(run)).loss, whole.loss);
  renameSync(`${kept}.away`, kept);
});

test('the text that the run keeps is taken, wherever its corpus is; if it is damaged, the corpus is, with a notice', async () => {
  const text = join(folder, 'corpus.txt');
  renameSync(text, `${text}.away`);
  assert.equal(await evaluated(run), whole);
  renameSync(`${text}.away`, text);
  const notices: string[] = [];
  const found = await changed(
    'run/validation.safetensors',
    (bytes) => `${bytes.slice(0, -1)}\u0001`,
    () => evaluated(run, (text) => notices.push(text)),
  );
  assert.is(found.loss, whole.loss);
  assert.match(
    notices.join('\n'),
    /validation\.safetensors: it was changed since step 20 was saved; the run's text is read/,
  );
});

test('where config.yaml cannot be read, what the checkpoint was saved with is taken, and said', async () => {
  const found = await changed(
    'run/config.yaml',
    () => 'seed: [',
    () => evaluated(run),
  );
  assert.is(found.loss, whole.loss);
  assert.match(found.notices[0], /put it back as it was: what step 20 was saved with is taken instead$/);
});

test('another measure than at the time is said', async () => {
  const found = await changed(
    'run/config.yaml',
    (text) => text.replace('batches: 2', 'batches: 1'),
    () => evaluated(run),
  );
  assert.equal(found.notices, ['since step 20 was saved, validate.batches was 2 and is 1']);
});

test('a run of a version that kept no sums opens as before', async () => {
  const old = join(folder, 'old');
  cpSync(run, old, { recursive: true });
  const file = join(old, newest, 'state.json');
  const { state, versions, files }: StoredState = await parseState(readFileSync(file, 'utf8'));
  const { config: _, tokenizer: __, device: ___, best: ____, ...rest } = state;
  writeFileSync(file, await stateText(rest, files, versions as never));
  writeFileSync(join(old, 'tokenizer.json'), `${readFileSync(join(old, 'tokenizer.json'), 'utf8')} `);
  const found = await evaluated(old);
  assert.equal([found.loss, found.notices], [whole.loss, []]);
  rmSync(old, { recursive: true });
});

test('a flipped bit anywhere in a run is refused, told, or changes nothing', async () => {
  const random = seedrandom('flipped bits of a run');
  const names = ['config.yaml', 'tokenizer.json', ...['model.safetensors', 'optimizer.safetensors', 'state.json'].map((name) => `${newest}/${name}`)]; // prettier-ignore
  let said = 0;
  for (let round = 0; round < 150; round++) {
    const name = names[round % names.length];
    const flip = (text: string): string => {
      const at = Math.floor(random() * text.length);
      const code = text.charCodeAt(at) ^ (1 << Math.floor(random() * 8));
      return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
    };
    await changed(`run/${name}`, flip, async () => {
      try {
        const found = await evaluated(run);
        if (found.notices.length > 0) said += 1;
        else assert.is(found.loss, whole.loss, `round ${round}, ${name}`);
      } catch (error) {
        assert.instance(error, BertrandError, String(error));
        said += 1;
      }
    });
  }
  assert.ok(said > 75, `${said}`);
});

test.after(() => device.close());
test.run();
