import { basename } from 'node:path';
import type { ModelOptions } from '../../bert/options.ts';
import { BertrandError } from '../../error.ts';
import { ONNX_FILES } from '../export/exportRun.node.ts';
import { bertConfig, expectBert } from '../export/huggingFace/bertConfig.ts';
import { bertNames, classifierNames, poolerNames } from '../export/huggingFace/bertNames.ts';
import { tokenizerFiles } from '../export/huggingFace/tokenizerFiles.ts';
import { onnxModel } from '../export/onnx/modelGraph.ts';
import type { OnnxPrecision } from '../export/onnx/modelGraph.ts';
import { onnxFiles } from '../export/onnx/onnxFiles.ts';
import { expectNothingAt, writeFolder } from '../export/writeFolder.node.ts';
import type { ExportedFile } from '../export/writeFolder.node.ts';
import { expectTensor } from '../modelState.ts';
import type { HostTensor } from '../modelState.ts';
import { writer } from '../run/checkpoint/writer.node.ts';
import { safetensorsParts } from '../run/safetensors/writeSafetensors.ts';
import { classifierCard } from './classifierCard.node.ts';
import type { TrainedClassifier } from './classifier.node.ts';
import { encoderOptions, headOptions } from './config/finetuneConfig.ts';

/** Hugging Face's class of each task. */
const CLASSES = { sequence: 'BertForSequenceClassification', token: 'BertForTokenClassification' } as const;

/**
 * Writes a classifier as a folder that other programs load, which appears whole or not at all.
 * @param out a path where nothing is yet
 * @param precisions which ONNX files to write
 * @throws BertrandError when the format cannot express the model, or the folder cannot be written
 */
export async function exportClassifier(
  classifier: TrainedClassifier,
  out: string,
  format: 'hf' | 'onnx',
  precisions: readonly OnnxPrecision[],
): Promise<readonly ExportedFile[]> {
  const { config, tokenizer, labels, path } = classifier;
  const { task, data } = config;
  const options: ModelOptions = {
    ...encoderOptions(config, tokenizer.vocabSize),
    decoder: 'tied', // there is no decoder
    decoderTransform: true,
  };
  if (format === 'hf') expectBert(options, `${path} (preset ${config.model.preset})`, CLASSES[task]);
  if (data.pair !== 'none' && options.segments > 2)
    throw new BertrandError(
      `${path}: it takes pairs of texts as segments 1 and 2 of ${options.segments}, which no other program gives`,
      { advice: 'fine-tune a model of another preset' },
    );
  await expectNothingAt(out);
  return writeFolder(out, async (folder) => {
    let external = false;
    if (format === 'hf')
      await folder.write('model.safetensors', safetensorsParts(namedTensors(classifier, options), { format: 'pt' }));
    else
      for (const precision of precisions) {
        const name = ONNX_FILES[precision];
        const head = { task, labels: labels.length };
        const model = onnxModel(classifier.tensors, options, precision, writer().bertrand, head);
        const files = onnxFiles(model, basename(name));
        await folder.write(name, files.model);
        if (files.data) await folder.write(`${name}_data`, files.data);
        external = external || files.data !== undefined;
      }
    const settings = external ? { 'transformers.js_config': { use_external_data_format: true } } : {};
    await folder.write('config.json', [json({ ...configOf(classifier, options), ...settings })]);
    for (const [name, text] of Object.entries(tokenizerFiles(tokenizer, data.sequenceLength)))
      await folder.write(name, [text]);
    await folder.write('README.md', [classifierCard(classifier, format, writer().bertrand)]);
  });
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

function configOf({ config, tokenizer, labels }: TrainedClassifier, options: ModelOptions): object {
  return {
    ...bertConfig(options, tokenizer.padId),
    architectures: [CLASSES[config.task]],
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
    classifier_dropout: headOptions(config, labels.length).dropout,
    ...(config.task === 'sequence' && { problem_type: 'single_label_classification' }),
  };
}

/** The tensors under Hugging Face's names. */
function namedTensors({ tensors, config }: TrainedClassifier, options: ModelOptions): Map<string, HostTensor> {
  const encoder = bertNames(options).filter(([ours]) => ours.startsWith('encoder.'));
  const names = [...encoder, ...(config.task === 'sequence' ? poolerNames : []), ...classifierNames];
  return new Map(names.map(([ours, theirs]) => [theirs, expectTensor(tensors, ours, tensors.get(ours)?.shape ?? [])]));
}
