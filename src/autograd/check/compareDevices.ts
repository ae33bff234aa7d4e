import type { Device } from '../../kernels/device.ts';
import { WorstDifference } from './difference.ts';
import type { Difference } from './difference.ts';
import { cotangents, evaluate, gradientsOf } from './gradcheck.ts';
import type { GradientCheck } from './gradcheck.ts';

/**
 * Tolerance for a float32 device, relative to the largest output or gradient. All gradients share one scale, because a
 * gradient that is exactly zero (LLK's bias) is a sum of large terms that cancel.
 */
const FLOAT32 = 3e-6;
/** The same in half precision, where every op rounds activations and their gradients to 11 bits, an error of up to 2^-11. */
const HALF = 4 * 2 ** -11;

/** Compares a device's output and gradients with those of `reference` on the same inputs. @returns the worst difference */
export async function compareWithReference(
  check: GradientCheck,
  device: Device,
  reference: Device,
): Promise<Difference> {
  const [found, expected] = [await forwardAndBackward(check, device), await forwardAndBackward(check, reference)];
  const worst = new WorstDifference(check.name);
  for (const part of ['outputs', 'gradients'] as const) {
    const all = expected[part].flatMap(({ values }) => [...values]);
    const allowed =
      (device.real === 'f16' ? HALF : FLOAT32) * all.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, { name, values }] of expected[part].entries())
      values.forEach((value, entry) => {
        const other = found[part][i].values[entry];
        worst.add({
          check: check.name,
          input: name,
          entry,
          found: [device.name, other],
          expected: ['reference', value],
          allowed,
        });
      });
  }
  return worst;
}

interface Named {
  readonly name: string;
  readonly values: Float64Array;
}

async function forwardAndBackward(
  check: GradientCheck,
  device: Device,
): Promise<{ outputs: Named[]; gradients: Named[] }> {
  const { parameters, forward } = check.build(device);
  const output = await evaluate(device, forward);
  const [row] = cotangents(check.name, output.length).slice(-1);
  const gradients = await gradientsOf(device, parameters, forward, row);
  return {
    outputs: [{ name: 'output', values: output }],
    gradients: parameters.map(({ name }, i) => ({ name: `gradient of ${name}`, values: gradients[i] })),
  };
}
