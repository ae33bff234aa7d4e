import { join } from 'node:path';
import { modelOptions } from '../config/modelOptions.ts';
import type { Trained } from '../evaluate/trained.node.ts';
import { exists } from '../run/disk.node.ts';
import { readInputText } from '../../data/inputFile.node.ts';
import { LONGEST_METRICS } from '../run/metricsText.ts';
import { writer } from '../run/checkpoint/writer.node.ts';
import { safetensorsParts } from '../run/safetensors/writeSafetensors.ts';
import { modelCard } from './card.ts';
import type { CardFacts, Costs, WeightFile } from './card.ts';
import { bertConfig, expectBert } from './huggingFace/bertConfig.ts';
import { bertTensors } from './huggingFace/bertTensors.ts';
import { expectModernBert, isModernBert, modernBertConfig } from './huggingFace/modernBertConfig.ts';
import { modernBertTensors } from './huggingFace/modernBertTensors.ts';
import { tokenizerFiles } from './huggingFace/tokenizerFiles.ts';
import { onnxModel } from './onnx/modelGraph.ts';
import type { OnnxPrecision } from './onnx/modelGraph.ts';
import { ONNX_FILES, writeOnnx } from './onnx/writeOnnx.node.ts';
import { expectNothingAt, writeFolder } from './writeFolder.node.ts';
import type { ExportedFile } from './writeFolder.node.ts';

export interface ExportOptions {
  readonly format: 'hf' | 'onnx';
  /** Which ONNX files to write. */
  readonly precisions: readonly OnnxPrecision[];
  /** Asked for once nothing stands in the way of the export. */
  readonly costs?: () => Promise<Costs>;
}

export interface Exported {
  readonly files: readonly ExportedFile[];
  readonly costs: Costs;
}

/**
 * Writes a trained model as a folder that other programs load, which appears whole or not at all.
 * @param out a path where nothing is yet
 * @throws BertrandError when the format cannot express the model, or the folder cannot be written
 */
export async function exportRun(
  trained: Trained,
  out: string,
  { format, precisions, costs: measure }: ExportOptions,
): Promise<Exported> {
  const { config, tokenizer } = trained;
  const model = modelOptions(config, tokenizer.vocabSize);
  const modern = isModernBert(model);
  const { preset } = config.model;
  if (format === 'hf' && !modern)
    (preset === 'modern' ? expectModernBert : expectBert)(model, `${trained.path} (preset ${preset})`);
  await expectNothingAt(out);
  const costs = (await measure?.()) ?? {};
  const validation = await lastValidation(trained);
  const files = await writeFolder(out, async (folder) => {
    const weights =
      format === 'hf' ? [HF_WEIGHTS] : precisions.map((name) => ({ name: ONNX_FILES[name], cost: costs[name] }));
    let settings = {};
    if (format === 'hf')
      await folder.write(
        HF_WEIGHTS.name,
        safetensorsParts((modern ? modernBertTensors : bertTensors)(trained.tensors, model), { format: 'pt' }),
      );
    else
      settings = await writeOnnx(folder, precisions, (precision) =>
        onnxModel(trained.tensors, model, precision, writer().bertrand),
      );
    const ofClass = modern ? modernBertConfig(model, tokenizer) : bertConfig(model, tokenizer.padId);
    await folder.write('config.json', [json({ ...ofClass, ...settings })]);
    for (const [name, text] of Object.entries(tokenizerFiles(tokenizer, model.maxLength, modern)))
      await folder.write(name, [text]);
    const facts: CardFacts = { format, step: trained.step, validation, files: weights, version: writer().bertrand };
    await folder.write('README.md', [modelCard(config, facts)]);
  });
  return { files, costs };
}

const HF_WEIGHTS: WeightFile = { name: 'model.safetensors' };
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** The run's last validation up to the checkpoint's step. */
async function lastValidation({ run, step }: Trained): Promise<CardFacts['validation']> {
  const file = join(run, 'metrics.jsonl');
  const text = (await exists(file)) ? readInputText(file, LONGEST_METRICS) : '';
  for (const line of text.trimEnd().split('\n').toReversed())
    try {
      const metric = JSON.parse(line) as CardFacts['validation'] & { readonly event: string };
      const numbers = [metric.step, metric.loss, metric.accuracy, metric.contextFreeLoss];
      if (metric.event === 'validate' && numbers.every(Number.isFinite) && metric.step <= step) return metric;
    } catch {
      // a line that a crash cut short
    }
  return undefined;
}
