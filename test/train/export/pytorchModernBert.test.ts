import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import type { Bert } from '../../../src/bert/Bert.ts';
import { modernBertConfig } from '../../../src/train/export/huggingFace/modernBertConfig.ts';
import { modernBertNames } from '../../../src/train/export/huggingFace/modernBertNames.ts';
import { modernBertTensors } from '../../../src/train/export/huggingFace/modernBertTensors.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { writeSafetensors } from '../../../src/train/run/safetensors/writeSafetensors.ts';
import { bertrand } from '../../cli/commandLine.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import {
  expectClose,
  goldenModernBert,
  goldenModernOptions,
  inputOf,
  readExpected,
  readJson,
  unpack,
} from '../goldenFolders.ts';
import { begun, device } from '../import/begun.ts';

const root = temporaryFolder({ 'texts.txt': 'a b c d e f\ng h i j ab a\n' });

/** The model that begins with a golden folder. */
async function modelOf(path: string, name: string): Promise<Bert> {
  const from = join(root, name);
  cpSync(path, from, { recursive: true });
  const { model, notices } = await begun(from);
  assert.equal(notices, []);
  return model;
}

for (const { name, path } of goldenModernBert) {
  test(`${name}: a model that begins with the folder has the logits, loss and gradients of PyTorch's ModernBertForMaskedLM`, async () => {
    const expected = readExpected(path);
    const model = await modelOf(path, name);
    assert.equal({ ...model.options, from: 0, preset: 0 }, { ...goldenModernOptions[name], from: 0, preset: 0 });
    const input = inputOf(expected);
    const tape = new Tape(device, { training: false, gradients: false });
    const logits = model.decoder.logits(model.encode(tape, input)).read();
    tape.free();
    const [found, real] = [await logits, unpack(expected.logits)];
    const notPadding = (_: number, i: number): boolean =>
      expected.batch.attention_mask.flat()[Math.floor(i / model.options.vocabSize)] === 1;
    expectClose(found.filter(notPadding), real.filter(notPadding), 'logits');

    const training = new Tape(device, { training: false, gradients: true });
    const loss = model.loss(training, input);
    const value = loss.read();
    training.backward(loss);
    expectClose(await value, Float64Array.of(expected.loss), 'loss');
    const names = modernBertNames(model.options);
    assert.equal(names.map(([, theirs]) => theirs).toSorted(), Object.keys(expected.gradients));
    for (const [ours, theirs] of names) {
      const parts = await Promise.all(ours.map((one) => model.parameters.get(one).readGradient()));
      expectClose(Float64Array.from(parts.flatMap((part) => [...part])), unpack(expected.gradients[theirs]), theirs);
    }
  });

  test(`${name}: what we export is, byte for byte, the folder that PyTorch loaded`, async () => {
    const { options, parameters } = await modelOf(path, `${name}-again`);
    const tensors = modernBertTensors(await readParameters(parameters), options);
    assert.equal(
      Buffer.from(writeSafetensors(tensors, { format: 'pt' })),
      readFileSync(join(path, 'model.safetensors')),
    );
    const config = readJson(path, 'config.json') as Record<string, unknown>;
    const ours = modernBertConfig(options, { padId: 0, classId: 2, separatorId: 3 });
    assert.equal(Object.fromEntries(Object.keys(config).map((key) => [key, ours[key]])), config);
  });
}

test('evaluate takes such a folder', async () => {
  const { path } = goldenModernBert[0];
  const { stdout, stderr } = await bertrand(
    root,
    'evaluate',
    path,
    '--corpus',
    'texts.txt',
    '--json',
    '--device',
    'cpu',
  );
  const { loss } = JSON.parse(stdout) as { loss: number };
  assert.ok(loss > 1 && loss < 10, `${loss} ${stderr}`);
});

test.run();
