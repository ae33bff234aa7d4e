import { BertrandError } from '../../error.ts';
import { openDevice } from '../../kernels/choose.ts';
import type { DeviceChoice } from '../../kernels/choose.ts';
import { runDeviceOptions } from '../../train/config/runDeviceOptions.ts';
import { evaluate } from '../../train/evaluate/evaluation.ts';
import { evaluationData } from '../../train/evaluate/evaluationData.node.ts';
import { openTrained } from '../../train/evaluate/trained.node.ts';
import type { Trained } from '../../train/evaluate/trained.node.ts';
import { signed } from '../../train/export/card.ts';
import { exportRun } from '../../train/export/exportRun.node.ts';
import type { Costs } from '../../train/export/exportRun.node.ts';
import type { OnnxPrecision } from '../../train/export/onnx/modelGraph.ts';
import { roundedTensors } from '../../train/export/onnx/rounded.ts';
import type { ExportedFile } from '../../train/export/writeFolder.node.ts';
import { isClassifier, openClassifier } from '../../train/finetune/classifier.node.ts';
import { exportClassifier } from '../../train/finetune/exportClassifier.node.ts';
import { deviceOption, runFolder } from '../arguments/options.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { bytes } from '../print/bytes.ts';
import { print, printError } from '../print/print.ts';
import { preparationView } from '../progress/preparation.ts';

export const exportCommand = command(
  'export <run>',
  'Write a trained model for other programs',
  (cli) =>
    cli
      .positional('run', runFolder)
      .option('format', {
        choices: ['hf', 'onnx'] as const,
        demandOption: true,
        requiresArg: true,
        describe:
          'hf: a folder for Hugging Face transformers (preset bert); onnx: for ONNX Runtime and transformers.js',
      })
      .option('out', { type: 'string', demandOption: true, requiresArg: true, describe: 'A new folder' })
      .option('precision', {
        choices: ['f32', 'f16'] as const,
        default: 'f32' as const,
        requiresArg: true,
        describe: 'f16 writes onnx/model_fp16.onnx as well',
      })
      .option('quantize', {
        choices: ['int8'] as const,
        requiresArg: true,
        describe: 'Write onnx/model_quantized.onnx as well, its matrices in int8',
      })
      .option('device', deviceOption),
  async ({ run, format, out, precision, quantize, device }) => {
    const extra: OnnxPrecision[] = [...(precision === 'f16' ? [precision] : []), ...(quantize ? [quantize] : [])];
    if (format === 'hf' && extra.length > 0)
      throw new UsageError('--precision and --quantize are for --format onnx; hf holds the weights as they are');
    if (isClassifier(run)) return exportOfClassifier(run, format, out, ['f32', ...extra]);
    const trained = await openTrained(run);
    for (const notice of trained.notices) printError(notice);
    const { files, costs } = await exportRun(trained, out, {
      format,
      precisions: ['f32', ...extra],
      ...(extra.length > 0 && { costs: () => costsOf(trained, extra, device) }),
    });
    tell(out, trained.path, format, files);
    for (const [name, cost] of Object.entries(costs))
      print(`${name} changes the loss on the validation text by ${signed(cost)} nats`);
    return 0;
  },
);

async function exportOfClassifier(
  run: string,
  format: 'hf' | 'onnx',
  out: string,
  precisions: readonly OnnxPrecision[],
): Promise<number> {
  const classifier = await openClassifier(run);
  for (const notice of classifier.notices) printError(notice);
  tell(out, classifier.path, format, await exportClassifier(classifier, out, format, precisions));
  return 0;
}

function tell(out: string, path: string, format: 'hf' | 'onnx', files: readonly ExportedFile[]): void {
  print(`${out}: ${path} for ${format === 'hf' ? 'Hugging Face' : 'ONNX'}`);
  for (const file of files) print(`  ${file.name}  ${bytes(file.bytes)}`);
}

/** How much storing the weights in each precision adds to the loss on the run's validation text; nothing if that text is not available. */
async function costsOf(trained: Trained, precisions: readonly OnnxPrecision[], choice: DeviceChoice): Promise<Costs> {
  const data = await evaluationData(trained, undefined, preparationView(process.stderr)).catch((error: unknown) => {
    if (!(error instanceof BertrandError)) throw error;
    printError(`what a precision costs is not known without the run's validation text: ${error.message}`);
    return undefined;
  });
  if (!data) return {};
  const device = await openDevice(choice, runDeviceOptions(trained.config));
  const lossOf = async (precision: OnnxPrecision): Promise<number> => {
    const model = trained.modelOn(device, roundedTensors(trained.tensors, precision));
    return (await evaluate(device, model, data.batches(), data.baseline)).loss;
  };
  const exact = await lossOf('f32');
  const costs: Costs = {};
  for (const precision of precisions) costs[precision] = (await lossOf(precision)) - exact;
  await data.close();
  await device.close();
  return costs;
}
