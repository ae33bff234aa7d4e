import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device } from '../../kernels/device.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Trained } from '../evaluate/trained.node.ts';
import { readRun } from '../record/readRun.node.ts';
import { diagnose } from './diagnose.ts';
import type { Diagnosis } from './diagnose.ts';
import { recordSigns } from './recordSigns.ts';
import { unitHealth } from './unitHealth.ts';

/** What seems to be wrong with a run at a checkpoint, evaluated on the run's own validation text. */
export async function diagnosesOf(
  { run, step }: Trained,
  device: Device,
  model: Bert,
  batches: AsyncIterable<MaskedInput>,
  evaluation: Evaluation,
): Promise<Diagnosis[]> {
  const signs = recordSigns(readRun(run), step);
  for await (const batch of batches) {
    const validation = { share: signs.validation?.share, ...evaluation, ...(await unitHealth(device, model, batch)) };
    return diagnose({ ...signs, validation });
  }
  return [];
}
