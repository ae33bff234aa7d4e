import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tape } from '../../../src/autograd/tape.ts';
import { Bert } from '../../../src/bert/Bert.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { bertConfig } from '../../../src/train/export/huggingFace/bertConfig.ts';
import { bertNames } from '../../../src/train/export/huggingFace/bertNames.ts';
import { bertTensors } from '../../../src/train/export/huggingFace/bertTensors.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { readSafetensors } from '../../../src/train/run/safetensors/readSafetensors.ts';
import { writeSafetensors } from '../../../src/train/run/safetensors/writeSafetensors.ts';
import {
  expectClose,
  goldenFolders,
  goldenOptions,
  inputOf,
  readExpected,
  readJson,
  unpack,
} from '../goldenFolders.ts';

const device = openReference();

/** The model of the folder's weights. */
function modelOf(folder: string, name: string): Bert {
  const options = goldenOptions[name];
  const { tensors } = readSafetensors(readFileSync(join(folder, 'model.safetensors')), folder);
  const model = new Bert(options).to(device);
  for (const [ours, theirs] of bertNames(options))
    model.parameters.get(ours).write(tensors.get(theirs)?.data as Float32Array);
  return model;
}

for (const { name, path } of goldenFolders) {
  test(`${name}: logits, loss and gradients are those of PyTorch's BertForMaskedLM with this folder's weights`, async () => {
    const expected = readExpected(path);
    const model = modelOf(path, name);
    const input = inputOf(expected);
    const tape = new Tape(device, { training: false });
    const logits = model.decoder.logits(model.encode(tape, input)).read();
    tape.free();
    const [found, real] = [await logits, unpack(expected.logits)];
    const columns = model.options.vocabSize;
    const notPadding = (_: number, i: number): boolean =>
      expected.batch.attention_mask.flat()[Math.floor(i / columns)] === 1;
    expectClose(found.filter(notPadding), real.filter(notPadding), 'logits');

    const training = new Tape(device, { training: false, gradients: true });
    const loss = model.loss(training, input);
    const value = loss.read();
    training.backward(loss);
    expectClose(await value, Float64Array.of(expected.loss), 'loss');
    const names = bertNames(model.options);
    assert.equal(names.map(([, theirs]) => theirs).toSorted(), Object.keys(expected.gradients));
    for (const [ours, theirs] of names)
      expectClose(await model.parameters.get(ours).readGradient(), unpack(expected.gradients[theirs]), theirs);
  });

  test(`${name}: what we export is, byte for byte, the folder that PyTorch loaded`, async () => {
    const model = modelOf(path, name);
    const tensors = bertTensors(await readParameters(model.parameters), model.options);
    assert.equal(
      Buffer.from(writeSafetensors(tensors, { format: 'pt' })),
      readFileSync(join(path, 'model.safetensors')),
    );
    const config = readJson(path, 'config.json') as Record<string, unknown>;
    const ours = bertConfig(model.options, 0);
    assert.equal(Object.fromEntries(Object.keys(config).map((key) => [key, ours[key]])), config);
  });
}

test.run();
