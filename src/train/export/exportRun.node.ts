import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { BertrandError } from '../../error.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { modelOptions } from '../config/modelOptions.ts';
import type { Trained } from '../evaluate/trained.node.ts';
import { explainDisk } from '../run/disk.node.ts';
import { writer } from '../run/checkpoint/writer.node.ts';
import { writeSafetensors } from '../run/safetensors/writeSafetensors.ts';
import { modelCard } from './card.ts';
import type { CardFacts } from './card.ts';
import { bertConfig, expectBert } from './huggingFace/bertConfig.ts';
import { bertTensors } from './huggingFace/bertTensors.ts';
import { tokenizerFiles } from './huggingFace/tokenizerFiles.ts';
import { onnxModel } from './onnx/modelGraph.ts';
import type { OnnxPrecision } from './onnx/modelGraph.ts';
import { writeOnnx } from './onnx/writeOnnx.node.ts';

/** What Hugging Face's JavaScript library asks for by `dtype`: fp32, fp16 and q8. */
const ONNX_FILES = {
  f32: 'onnx/model.onnx',
  f16: 'onnx/model_fp16.onnx',
  int8: 'onnx/model_quantized.onnx',
} as const satisfies Record<OnnxPrecision, string>;

export interface ExportOptions {
  readonly format: 'hf' | 'onnx';
  /** Which ONNX files to write. */
  readonly precisions: readonly OnnxPrecision[];
  /** What each precision costs on the validation text, in nats, where that is known. */
  readonly costs?: Partial<Record<OnnxPrecision, number>>;
}

/** A file of an exported folder. */
export interface ExportedFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Writes a trained model as a folder that other programs load, which appears whole or not at all.
 * @param out a path where nothing is yet
 * @returns its files
 * @throws BertrandError when the format cannot express the model, or the folder cannot be written
 */
export async function exportRun(trained: Trained, out: string, options: ExportOptions): Promise<ExportedFile[]> {
  const model = modelOptions(trained.config, trained.tokenizer.vocabSize);
  if (options.format === 'hf') expectBert(model);
  if (await there(out))
    throw new BertrandError(`${out}: there is something of that name already`, {
      advice: 'name another folder, or remove it',
    });
  const temporary = join(dirname(resolve(out)), `.${basename(out)}.${process.pid}.tmp`);
  const files: ExportedFile[] = [];
  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    await writeFile(join(temporary, name), bytes);
    files.push({ name, bytes: bytes.length });
  };
  try {
    await mkdir(temporary, { recursive: true });
    const weights =
      options.format === 'hf'
        ? await writeWeights(trained, model, write)
        : await writeOnnxFiles(trained, model, options, temporary, files);
    const config = bertConfig(model, trained.tokenizer.padId);
    const external = weights.some(({ external }) => external);
    const transformersJs = external ? { 'transformers.js_config': { use_external_data_format: true } } : {};
    await write('config.json', `${JSON.stringify({ ...config, ...transformersJs }, null, 2)}\n`);
    const tokenizer = tokenizerFiles(trained.tokenizer, trained.config.data.sequenceLength);
    for (const [name, text] of Object.entries(tokenizer)) await write(name, text);
    const facts: CardFacts = {
      format: options.format,
      validation: await lastValidation(trained),
      files: weights,
      version: writer().bertrand,
    };
    await write('README.md', modelCard(trained, facts));
    await rename(temporary, out);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw explainDisk(error, `cannot write ${out}`, 'check the path and the space on the disk');
  }
  return files;
}

type WeightFile = CardFacts['files'][number] & { readonly external?: boolean };

async function writeWeights(
  trained: Trained,
  model: ModelOptions,
  write: (name: string, bytes: Uint8Array) => Promise<void>,
): Promise<WeightFile[]> {
  const name = 'model.safetensors';
  await write(name, writeSafetensors(bertTensors(trained.tensors, model), { format: 'pt' }));
  return [{ name }];
}

async function writeOnnxFiles(
  trained: Trained,
  model: ModelOptions,
  { precisions, costs }: ExportOptions,
  folder: string,
  files: ExportedFile[],
): Promise<WeightFile[]> {
  await mkdir(join(folder, 'onnx'));
  const written: WeightFile[] = [];
  for (const precision of precisions) {
    const name = ONNX_FILES[precision];
    const graph = onnxModel(trained.tensors, model, precision, writer().bertrand);
    const { bytes, external } = await writeOnnx(graph, join(folder, name));
    files.push({ name, bytes });
    written.push({ name, external, cost: costs?.[precision] });
  }
  return written;
}

/** The run's last validation up to the checkpoint's step. */
async function lastValidation({ run, step }: Trained): Promise<CardFacts['validation']> {
  const text = await readFile(join(run, 'metrics.jsonl'), 'utf8').catch(() => '');
  for (const line of text.trimEnd().split('\n').toReversed())
    try {
      const metric = JSON.parse(line) as { event: string; step: number; loss: number; accuracy: number };
      if (metric.event === 'validate' && metric.step <= step) return metric;
    } catch {
      // a line that a crash cut short
    }
  return undefined;
}

const there = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
