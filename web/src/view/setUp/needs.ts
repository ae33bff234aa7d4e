import type { Estimate, FoundDevice } from '../../protocol.ts';
import { bytes, duration, rounded } from '../format.ts';

/** Seconds between two kernels. */
const LAUNCH = 25e-6;
/** A step's products are smaller than the ones that the device's speed was measured by. */
const SHARE = 0.6;

/** What training needs, in words: numbers to learn, memory, and time where the device's speed is known. */
export function needs({ parameters, memory, flops, bytes: moved, launches }: Estimate, device?: FoundDevice): string {
  const { speed } = device ?? {};
  const seconds = speed && flops / (SHARE * speed.flops) + moved / speed.bytes + LAUNCH * launches;
  const time = seconds && seconds > 0 ? `, about ${duration(seconds)}` : '';
  return `${rounded(parameters)} numbers to learn, ${bytes(memory)} of memory${time}.`;
}

/** Why a model cannot be trained on a device, if it needs more memory than there is. */
export function tooLarge({ memory }: Estimate, device: FoundDevice | undefined): string | undefined {
  if (device?.memory === undefined || memory <= device.memory) return undefined;
  return `It needs ${bytes(memory)} of memory, and the processor has ${bytes(device.memory)} for a page: choose a smaller model, fewer sequences a step or shorter ones.`;
}
