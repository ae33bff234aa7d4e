import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bert } from '../../src/bert/Bert.ts';
import { SPECIAL_TOKENS } from '../../src/data/tokenizer/specialTokens.ts';
import { bertTokenizerJson } from '../../src/data/tokenizer/tokenizerJson.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { modelOptions } from '../../src/train/config/modelOptions.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../src/train/config/yaml/toYaml.ts';
import { readParameters } from '../../src/train/modelState.ts';
import { CheckpointFolder } from '../../src/train/run/checkpoint/checkpointFolder.node.ts';

const words =
  'the a king queen rule ##s over land sea and people with grace every day while bird sing loudly in old tree';
const vocabulary = [...SPECIAL_TOKENS, ...words.split(' ')];

/** Writes a run's folder whose checkpoint holds initial weights, so large that each of them counts; gives its path. */
export async function smallRun(folder: string, name: string, settings: readonly string[] = []): Promise<string> {
  const path = join(folder, name);
  const text = `
out: ${JSON.stringify(path)}
data: { sequenceLength: 16 }
model: { layers: 2, embeddingSize: 16, heads: 2, feedForwardSize: 24, initialisation: { embedding: 0.5, linear: 0.3 } }
train: { steps: 10 }
`;
  const config = resolveConfig(text, 'small.yaml', settings);
  const model = new Bert(modelOptions(config, vocabulary.length), config.seed).to(openReference());
  mkdirSync(path);
  writeFileSync(join(path, 'config.yaml'), toYaml(config));
  writeFileSync(join(path, 'tokenizer.json'), JSON.stringify(bertTokenizerJson(vocabulary, { lowercase: true })));
  const checkpoints = new CheckpointFolder(join(path, 'checkpoints'), 1);
  await checkpoints.prepare();
  await checkpoints.save({
    model: await readParameters(model.parameters),
    optimizer: new Map(),
    state: { step: 10, seed: config.seed, optimizerSteps: 10 },
  });
  return path;
}
