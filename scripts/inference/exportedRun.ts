import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelOptions } from '../../src/bert/options.ts';
import type { Tokenizer } from '../../src/data/tokenizer/tokenizer.ts';
import { modelOptions } from '../../src/train/config/modelOptions.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../src/train/config/yaml/toYaml.ts';
import { openTrained } from '../../src/train/evaluate/trained.node.ts';
import type { Trained } from '../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../src/train/export/exportRun.node.ts';
import type { HostTensors } from '../../src/train/modelState.ts';
import { CheckpointFolder } from '../../src/train/run/checkpoint/checkpointFolder.node.ts';

/** A run of a model with these weights, and its export, in the folders `run` and `exported`. @param model the config's, in YAML */
export async function exportedRun(
  folder: string,
  tokenizer: Tokenizer,
  model: string,
  maxLength: number,
  weights: (options: ModelOptions) => Promise<HostTensors>,
): Promise<{ readonly trained: Trained; readonly options: ModelOptions }> {
  const run = join(folder, 'run');
  const config = resolveConfig(
    `out: ${JSON.stringify(run)}\ndata: { sequenceLength: ${maxLength} }\nmodel: ${model}\n`,
    'bench-inference',
  );
  const options = modelOptions(config, tokenizer.vocabSize);
  mkdirSync(run);
  writeFileSync(join(run, 'config.yaml'), toYaml(config));
  writeFileSync(join(run, 'tokenizer.json'), JSON.stringify(tokenizer.toJson()));
  const checkpoints = new CheckpointFolder(join(run, 'checkpoints'), 1);
  await checkpoints.prepare();
  await checkpoints.save({
    model: await weights(options),
    optimizer: new Map(),
    state: { step: 1, seed: config.seed, optimizerSteps: 1 },
  });
  const trained = await openTrained(run);
  await exportRun(trained, join(folder, 'exported'), { format: 'onnx', precisions: ['f32'] });
  return { trained, options };
}
