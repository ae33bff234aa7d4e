import { BertrandError } from '../../error.ts';
import { openDevice } from '../../kernels/choose.ts';
import type { DeviceChoice } from '../../kernels/choose.ts';
import { runDeviceOptions } from '../../train/config/runDeviceOptions.ts';
import { evaluate } from '../../train/evaluate/evaluation.ts';
import { evaluationData } from '../../train/evaluate/evaluationData.node.ts';
import { openTrained } from '../../train/evaluate/trained.node.ts';
import type { Trained } from '../../train/evaluate/trained.node.ts';
import { signed } from '../../train/export/card.ts';
import type { Costs } from '../../train/export/card.ts';
import { exportRun } from '../../train/export/exportRun.node.ts';
import type { Exported } from '../../train/export/exportRun.node.ts';
import type { OnnxPrecision } from '../../train/export/onnx/modelGraph.ts';
import { roundedTensors } from '../../train/export/onnx/rounded.ts';
import { isClassifier, openClassifier } from '../../train/finetune/classifier.node.ts';
import { classifierCosts, ownRows } from '../../train/finetune/export/classifierCosts.node.ts';
import { exportClassifier } from '../../train/finetune/export/exportClassifier.node.ts';
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
          'hf: a folder for Hugging Face transformers (presets bert and modern); onnx: for ONNX Runtime and transformers.js',
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
    const precisions = ['f32' as const, ...extra];
    const exported = isClassifier(run)
      ? await exportOfClassifier(run, out, format, precisions, device)
      : await exportOfRun(run, out, format, precisions, device);
    print(`${out}: ${exported.path} for ${format === 'hf' ? 'Hugging Face' : 'ONNX'}`);
    for (const file of exported.files) print(`  ${file.name}  ${bytes(file.bytes)}`);
    for (const [name, cost] of Object.entries(exported.costs)) print(`${name} ${cost}`);
    return 0;
  },
);

type Export = (
  run: string,
  out: string,
  format: 'hf' | 'onnx',
  precisions: readonly OnnxPrecision[],
  device: DeviceChoice,
) => Promise<Exported & { readonly path: string }>;

const exportOfRun: Export = async (run, out, format, precisions, device) => {
  const trained = await openTrained(run);
  for (const notice of trained.notices) printError(notice);
  const costs = costsUnlessExact(precisions, async (extra) => costsOf(trained, extra, device));
  return { path: trained.path, ...(await exportRun(trained, out, { format, precisions, ...costs })) };
};

const exportOfClassifier: Export = async (run, out, format, precisions, choice) => {
  const classifier = await openClassifier(run);
  for (const notice of classifier.notices) printError(notice);
  const costs = costsUnlessExact(precisions, async (extra) => {
    const rows = await knownOrTold(ownRows(classifier));
    if (!rows) return {};
    const device = await openDevice(choice, runDeviceOptions(classifier.config));
    const found = await classifierCosts(classifier, rows, extra, device);
    await device.close();
    return found;
  });
  return { path: classifier.path, ...(await exportClassifier(classifier, out, { format, precisions, ...costs })) };
};

/** What precisions other than f32 cost is measured, but only if there are any. */
function costsUnlessExact(
  precisions: readonly OnnxPrecision[],
  measure: (extra: readonly OnnxPrecision[]) => Promise<Costs>,
): { costs?: () => Promise<Costs> } {
  const extra = precisions.filter((precision) => precision !== 'f32');
  return extra.length > 0 ? { costs: () => measure(extra) } : {};
}

/** The validation text; undefined if it is not available, of which a person is told. */
async function knownOrTold<Text>(text: Promise<Text>): Promise<Text | undefined> {
  return text.catch((error: unknown) => {
    if (!(error instanceof BertrandError)) throw error;
    printError(`what a precision costs is not known without the run's validation text: ${error.message}`);
    return undefined;
  });
}

/** How much storing the weights in each precision adds to the loss on the run's validation text; nothing if that text is not available. */
async function costsOf(trained: Trained, precisions: readonly OnnxPrecision[], choice: DeviceChoice): Promise<Costs> {
  const data = await knownOrTold(evaluationData(trained, preparationView(process.stderr)));
  if (!data) return {};
  const device = await openDevice(choice, runDeviceOptions(trained.config));
  const lossOf = async (precision: OnnxPrecision): Promise<number> => {
    const model = trained.modelOn(device, roundedTensors(trained.tensors, precision));
    return (await evaluate(device, model, data.batches(), data.baseline)).loss;
  };
  const exact = await lossOf('f32');
  const costs: Costs = {};
  for (const precision of precisions)
    costs[precision] = `changes the loss on the validation text by ${signed((await lossOf(precision)) - exact)} nats`;
  await data.close();
  await device.close();
  return costs;
}
