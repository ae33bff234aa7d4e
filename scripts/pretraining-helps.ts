/**
 * Does pretraining help? Fine-tunes a config with several seeds, from the pretrained weights and from random ones, and tests
 * each on a file that chose no checkpoint:
 *
 *     node --import tsx scripts/pretraining-helps.ts CONFIG TEST_FILE [--seeds 5] [--set path=value ...]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readRows } from '../src/data/labelled/rowsFile.node.ts';
import { openDevice } from '../src/kernels/choose.ts';
import { openClassifier } from '../src/train/finetune/classifier.node.ts';
import { loadFinetune } from '../src/train/finetune/config/loadFinetune.node.ts';
import type { ClassifierEvaluation } from '../src/train/finetune/evaluateClassifier.ts';
import { evaluatorOn } from '../src/train/finetune/evaluator.ts';
import { finetune } from '../src/train/finetune/finetune.node.ts';
import type { FinetuneView } from '../src/train/finetune/finetuneView.ts';
import { exampleOf, numbered } from '../src/train/finetune/labelledData.node.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '5' }, set: { type: 'string', multiple: true, default: [] } },
});
const [path, test] = positionals;
const nothing = (): void => {};
const silent: FinetuneView = {
  notice: nothing,
  begin: nothing,
  train: nothing,
  validate: nothing,
  stopping: nothing,
  stopped: nothing,
  finished: nothing,
};

async function result(seed: number, weights: string): Promise<ClassifierEvaluation> {
  const folder = mkdtempSync(join(tmpdir(), 'bertrand-seeds-'));
  const out = join(folder, 'run');
  const settings = [...values.set, `seed=${seed}`, `model.weights=${weights}`, `out=${JSON.stringify(out)}`];
  await finetune(loadFinetune(path, settings), false, silent);
  const classifier = await openClassifier(out);
  const { config, tokenizer, labels } = classifier;
  const examples = [];
  for await (const row of readRows(test)) examples.push(exampleOf(row, config, true));
  const device = await openDevice(config.device, config.cpu);
  const evaluate = evaluatorOn(numbered(examples, labels), labels, tokenizer, config);
  const found = await evaluate(device, classifier.modelOn(device));
  await device.close();
  rmSync(folder, { recursive: true });
  return found;
}

/** Student's t for 95 % in the middle, by degrees of freedom from 1. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The mean with half of its 95 % interval, in percent. */
function interval(all: readonly number[]): string {
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
  const half = (T[all.length - 2] ?? 1.96) * Math.sqrt(variance / all.length);
  return `${(100 * mean).toFixed(1)} ± ${(100 * half).toFixed(1)} %`;
}

const measures: Readonly<Record<string, (evaluation: ClassifierEvaluation) => number | undefined>> = {
  accuracy: ({ accuracy }) => accuracy,
  'macro F1': ({ macroF1 }) => macroF1,
  'entity F1': ({ entities }) => entities?.f1,
};
const found: Record<string, ClassifierEvaluation[]> = { pretrained: [], random: [] };
for (let seed = 1; seed <= Number(values.seeds); seed++)
  for (const weights of Object.keys(found)) {
    const evaluation = await result(seed, weights);
    found[weights].push(evaluation);
    const numbers = Object.entries(measures).flatMap(([name, of]) => {
      const value = of(evaluation);
      return value === undefined ? [] : [`${name} ${(100 * value).toFixed(1)} %`];
    });
    console.log(`seed ${seed}, ${weights}: ${numbers.join(', ')}`);
  }
for (const [name, of] of Object.entries(measures)) {
  const [pretrained, random] = [found.pretrained, found.random].map((all) => all.flatMap((one) => of(one) ?? []));
  if (pretrained.length < 2) continue;
  const gains = pretrained.map((value, i) => value - random[i]);
  console.log(`${name}: pretrained ${interval(pretrained)}, random ${interval(random)}, gain ${interval(gains)}`);
}
