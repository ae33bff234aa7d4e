import type { Device, DeviceArray } from '../../kernels/device.ts';
import { BertrandError } from '../../error.ts';

/** The rules and numbers of PyTorch's GradScaler (torch/amp/grad_scaler.py). */
const RULES = { growth: 2, backoff: 0.5, interval: 2000 };
const FIRST = 2 ** 16;
const BEGINNING = [FIRST, 0, 0];
/** A scale below this means that gradients overflow no matter what they are multiplied by. */
const LEAST = 2 ** -24;

export interface LossScaleReport {
  readonly lossScale: number;
  /** Steps of the whole run whose gradients overflowed, so that they changed nothing. */
  readonly skippedSteps: number;
}

/**
 * Dynamic loss scaling (Micikevicius et al. 2018): the loss is multiplied by a scale that keeps small gradients from vanishing
 * in half precision; a step whose gradients overflow is skipped and halves it, many good ones in a row double it. All of it
 * happens on the device, so that no step waits for the one before.
 */
export class LossScale {
  readonly #device: Device;
  /** (scale, good steps in a row, skipped steps) */
  readonly state: DeviceArray;

  constructor(device: Device) {
    this.#device = device;
    this.state = device.upload('f32', BEGINNING);
  }

  /** Goes back to before the first step. */
  restart(): void {
    this.#device.write(this.state, BEGINNING);
  }

  /**
   * Judges a step by the squared norm of its gradients, and makes that the norm of the unscaled ones.
   * @returns what the gradients are to be multiplied by, 0 for a step to be skipped; the caller frees it
   */
  judge(squaredNorm: DeviceArray): DeviceArray {
    return this.#device.launch('lossScale', { scaling: this.state, squaredNorm }, RULES).inverseScale;
  }

  /** Throws a BertrandError when no scale helps any more. */
  async report(): Promise<LossScaleReport> {
    const [lossScale = 0, , skippedSteps = 0] = await this.#device.read(this.state);
    if (lossScale >= LEAST) return { lossScale, skippedSteps };
    throw new BertrandError(`the gradients overflow at a loss scale of ${lossScale}: training has diverged`, {
      advice: 'begin a new run with a lower train.optimizer.learningRate, or with train.precision: f32',
    });
  }
}
