import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Bert } from '../../../src/bert/Bert.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { modelOptions } from '../../../src/train/config/modelOptions.ts';
import { configuredVocabSize } from '../../../src/train/config/vocabSize.node.ts';
import { openImported } from '../../../src/train/import/openImported.node.ts';
import { loadPretrainConfig } from '../../../src/train/import/modelSource.node.ts';

export const device = openReference();

/** A model that begins with what `from` holds, under an otherwise empty config, and what a person is told. */
export async function begun(
  from: string,
  ...settings: string[]
): Promise<{ readonly model: Bert; readonly notices: readonly string[] }> {
  const file = join(dirname(from), 'begun.yaml');
  writeFileSync(file, 'seed: 1');
  const config = loadPretrainConfig(file, [`model.from=${from}`, ...settings]);
  const vocabSize = configuredVocabSize(config);
  const imported = await openImported(from, config, vocabSize);
  const model = new Bert(modelOptions(config, vocabSize), 5).to(device);
  await imported.writeTo(model.parameters.all);
  return { model, notices: imported.notices };
}
