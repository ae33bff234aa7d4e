import type { Bert } from '../../bert/Bert.ts';
import type { OpenedData } from '../../data/openedData.ts';
import type { Device } from '../../kernels/device.ts';
import { firstRows } from '../evaluate/firstRows.ts';
import { samples } from '../evaluate/samples.ts';
import type { Sample } from '../evaluate/samples.ts';
import { unitHealth } from './unitHealth.ts';
import type { UnitHealth } from './unitHealth.ts';

/** What is seen at a validation next to its losses. */
export interface CloserLook {
  readonly units: UnitHealth;
  /** Always the same words of the validation text. */
  readonly samples: readonly Sample[];
}

const SAMPLES = 4;

/** Looks at the first rows of the validation text. */
export async function closerLook(
  device: Device,
  model: Bert,
  { validation, tokenizer }: Pick<OpenedData, 'validation' | 'tokenizer'>,
): Promise<CloserLook> {
  const batch = await validation.at(0);
  const units = await unitHealth(device, model, batch);
  return { units, samples: await samples(device, model, tokenizer, firstRows(batch, SAMPLES), SAMPLES) };
}
