import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BertClassifier } from '../../../src/bert/BertClassifier.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { openTrained } from '../../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../../src/train/export/exportRun.node.ts';
import { encoderOptions, headOptions } from '../../../src/train/finetune/config/finetuneConfig.ts';
import { openClassifier } from '../../../src/train/finetune/classifier.node.ts';
import { openWeights } from '../../../src/train/import/openImported.node.ts';
import { readParameters } from '../../../src/train/modelState.ts';
import { CheckpointFolder } from '../../../src/train/run/checkpoint/checkpointFolder.node.ts';
import { newestIntact } from '../../../src/train/run/checkpoint/readCheckpoint.node.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { run, smallFinetune } from './smallClassifier.ts';

const folder = temporaryFolder();
const modern = ['model={ preset: modern, decoder: untied, normBiases: true }'];
const TRANSFORM = ['LL.weight', 'LN.gamma', 'LN.beta'];

for (const kind of ['texts', 'words'] as const)
  test(`${kind}: the head begins with the transform of the decoder, from a run and from Hugging Face's folder of it`, async () => {
    const config = await smallFinetune(join(folder, kind), kind, [], modern);
    const trained = await openTrained(config.model.from);
    const hf = join(folder, `hf-${kind}`);
    await exportRun(trained, hf, { format: 'hf', precisions: [] });
    const options = encoderOptions(config, trained.tokenizer.vocabSize);
    for (const from of [config.model.from, hf]) {
      const { parameters } = new BertClassifier(options, headOptions(config, 2), 9).to(openReference());
      const weights = await openWeights(from, options, parameters.all);
      assert.equal(weights.missing, ['classifier.LL.weight', 'classifier.LL.bias']);
      await weights.writeTo(parameters.all);
      const found = await readParameters(parameters);
      for (const name of TRANSFORM)
        assert.equal(
          found.get(`classifier.transform.${name}`)?.data,
          trained.tensors.get(`decoder.transform.${name}`)?.data,
        );
    }
  });

test('of a preset that ModernBERT cannot express the head is that of BERT', async () => {
  const config = await smallFinetune(join(folder, 'crammed'), 'texts', [], ['model.preset=crammed']);
  assert.is(headOptions(config, 2).transform, false);
});

test("a classifier of modern from before, with BERT's head, opens and goes on with it", async () => {
  const config = await smallFinetune(join(folder, 'then'), 'texts', ['train.epochs=1'], modern);
  await run(config);
  const path = join(config.out, 'checkpoints');
  const { checkpoint } = await newestIntact(path);
  if (!checkpoint) throw new Error('there is no checkpoint');
  const options = encoderOptions(config, (await openClassifier(config.out)).tokenizer.vocabSize);
  const model = await readParameters(
    new BertClassifier(options, { task: 'sequence', labels: 2, dropout: 0 }, 4).to(openReference()).parameters,
  );
  const moments = Array.from(model).flatMap(([name, { shape, data }]) =>
    ['firstMoment', 'secondMoment'].map((key) => [`${key}.${name}`, { shape, data: data.map(() => 0) }] as const),
  );
  rmSync(path, { recursive: true });
  const checkpoints = new CheckpointFolder(path, 1);
  await checkpoints.prepare();
  await checkpoints.save({
    model,
    optimizer: new Map(moments),
    state: { ...checkpoint.state, step: 3, optimizerSteps: 3 },
  });

  const opened = await openClassifier(config.out);
  assert.equal(opened.tensors, model);
  assert.is((await run(config, true)).losses.length, 8 - 3);
  const { tensors } = await openClassifier(config.out);
  assert.ok(tensors.has('classifier.Pooler.LL.weight') && !tensors.has('classifier.transform.LL.weight'));
});

test.run();
