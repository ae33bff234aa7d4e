import { BertrandError } from '../../../error.ts';
import type { Device } from '../../../kernels/device.ts';
import { signed } from '../../export/card.ts';
import type { Costs } from '../../export/card.ts';
import type { OnnxPrecision } from '../../export/onnx/modelGraph.ts';
import { roundedTensors } from '../../export/onnx/rounded.ts';
import type { TrainedClassifier } from '../classifier.node.ts';
import { metricOf } from '../config/finetuneConfig.ts';
import type { MetricName } from '../config/table.ts';
import { metricValue } from '../evaluateClassifier.ts';
import type { ClassifierEvaluation } from '../evaluateClassifier.ts';
import { evaluatorOn } from '../evaluator.ts';
import { readLabelledData } from '../labelledData.node.ts';
import type { LabelledData } from '../labelledData.node.ts';

/** The rows that a run was trained and validated on. Throws a BertrandError if they are no longer there as they were. */
export async function ownRows({ config, corpus, folder, moved }: TrainedClassifier): Promise<LabelledData> {
  try {
    const data = await readLabelledData(config, folder);
    if (data.fingerprint === corpus) return data;
  } catch (error) {
    if (!moved || !(error instanceof BertrandError)) throw error;
    throw new BertrandError(`${error.message}; ${MOVED}`);
  }
  throw new BertrandError(
    `the rows of ${config.data.train.join(' ')} are not those that the run was trained on${moved ? `; ${MOVED}` : ''}`,
  );
}

const MOVED = 'the run is not where it was trained, so its relative paths count from the present folder';

/** What storing the weights in each precision changes on the rows that the run was validated on. */
export async function classifierCosts(
  classifier: TrainedClassifier,
  { names, validation }: LabelledData,
  precisions: readonly OnnxPrecision[],
  device: Device,
): Promise<Costs> {
  const { config, tensors, tokenizer } = classifier;
  const evaluate = evaluatorOn(validation, names, tokenizer, config);
  const exact = await evaluate(device, classifier.modelOn(device));
  const costs: Costs = {};
  for (const precision of precisions) {
    const rounded = await evaluate(device, classifier.modelOn(device, roundedTensors(tensors, precision)));
    costs[precision] = inWords(exact, rounded, metricOf(config));
  }
  return costs;
}

function inWords(exact: ClassifierEvaluation, rounded: ClassifierEvaluation, chosenBy: MetricName): string {
  const shown = new Set<MetricName>(['accuracy', chosenBy]);
  shown.delete('loss');
  const changes = [...shown].map((name) => {
    const change = metricValue(name, rounded) - metricValue(name, exact);
    const [label, points] = METRICS[name];
    return points ? `${label} by ${signed(100 * change, 2)} percentage points` : `${label} by ${signed(change)}`;
  });
  return `changes the loss on the validation text by ${signed(rounded.loss - exact.loss)} nats, ${changes.join(', ')}`;
}

/** What they are called, and whether they are shares. */
const METRICS: Readonly<Record<MetricName, readonly [string, boolean]>> = {
  loss: ['loss', false],
  accuracy: ['accuracy', true],
  macroF1: ['macro F1', true],
  entityF1: ['entity F1', true],
  matthews: ['Matthews correlation', false],
};
