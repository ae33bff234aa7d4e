import type { ModelOptions } from '../../../bert/options.ts';
import { BertrandError } from '../../../error.ts';
import type { Exported, ExportOptions } from '../../export/exportRun.node.ts';
import { isModernBert } from '../../export/huggingFace/modernBertConfig.ts';
import { tokenizerFiles } from '../../export/huggingFace/tokenizerFiles.ts';
import { onnxModel } from '../../export/onnx/modelGraph.ts';
import { ONNX_FILES, writeOnnx } from '../../export/onnx/writeOnnx.node.ts';
import { expectNothingAt, writeFolder } from '../../export/writeFolder.node.ts';
import { writer } from '../../run/checkpoint/writer.node.ts';
import { safetensorsParts } from '../../run/safetensors/writeSafetensors.ts';
import type { WeightFile } from '../../export/card.ts';
import { classifierCard } from './classifierCard.node.ts';
import type { TrainedClassifier } from '../classifier.node.ts';
import { encoderOptions } from '../config/finetuneConfig.ts';
import { classConfig, classTensors, expectClass } from './huggingFaceClass.node.ts';

/**
 * Writes a classifier as a folder that other programs load, which appears whole or not at all.
 * @param out a path where nothing is yet
 * @throws BertrandError when the format cannot express the model, or the folder cannot be written
 */
export async function exportClassifier(
  classifier: TrainedClassifier,
  out: string,
  { format, precisions, costs: measure }: ExportOptions,
): Promise<Exported> {
  const { config, tokenizer, labels, path } = classifier;
  const { task, data } = config;
  const options: ModelOptions = {
    ...encoderOptions(config, tokenizer.vocabSize),
    decoder: 'tied', // there is no decoder
    decoderTransform: true,
  };
  if (format === 'hf') expectClass(classifier, options);
  if (data.pair !== 'none' && options.segments > 2)
    throw new BertrandError(
      `${path}: it takes pairs of texts as segments 1 and 2 of ${options.segments}, which no other program gives`,
      { advice: 'fine-tune a model of another preset' },
    );
  await expectNothingAt(out);
  const costs = (await measure?.()) ?? {};
  const files = await writeFolder(out, async (folder) => {
    let settings = {};
    if (format === 'hf')
      await folder.write(HF_WEIGHTS.name, safetensorsParts(classTensors(classifier, options), { format: 'pt' }));
    else
      settings = await writeOnnx(folder, precisions, (precision) =>
        onnxModel(classifier.tensors, options, precision, writer().bertrand, { task, labels: labels.length }),
      );
    await folder.write('config.json', [json({ ...classConfig(classifier, options), ...settings })]);
    for (const [name, text] of Object.entries(tokenizerFiles(tokenizer, data.sequenceLength, isModernBert(options))))
      await folder.write(name, [text]);
    const weights =
      format === 'hf' ? [HF_WEIGHTS] : precisions.map((name) => ({ name: ONNX_FILES[name], cost: costs[name] }));
    await folder.write('README.md', [classifierCard(classifier, format, weights, writer().bertrand)]);
  });
  return { files, costs };
}

const HF_WEIGHTS: WeightFile = { name: 'model.safetensors' };

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
