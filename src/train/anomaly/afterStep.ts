import { short } from '../../autograd/anomaly/describe.ts';
import { findAnomaly } from '../../autograd/anomaly/findAnomaly.ts';
import { magnitude, numbersOf } from '../../autograd/anomaly/numbers.ts';
import type { Numbers } from '../../autograd/anomaly/numbers.ts';
import { crossEntropy } from '../../autograd/ops/crossEntropy.ts';
import { Tape } from '../../autograd/tape.ts';
import type { Training } from '../loop.ts';
import { findingOf } from './finding.ts';
import type { Finding } from './finding.ts';

/** Gradients that are finite, but whose norm is not. */
export async function largeGradients({ device, model }: Training): Promise<Finding | undefined> {
  let squares = 0;
  let largest: Numbers | undefined;
  for (const parameter of model.parameters.all) {
    if (!parameter.requiresGradient) continue;
    const values = (await device.read(parameter.gradients)).subarray(0, parameter.size);
    for (const value of values) squares += value * value;
    const numbers = numbersOf(`the gradient of ${parameter.name}`, parameter.shape, values);
    if (!largest || magnitude(numbers) > magnitude(largest)) largest = numbers;
  }
  if (!largest || Number.isFinite(Math.fround(squares))) return undefined;
  return {
    sentence: `all gradients are finite but their norm is not: ${largest.name} goes up to ${short(magnitude(largest))}`,
  };
}

/** Weights that the update has spoilt. */
export async function spoiltWeights({ device, model }: Training): Promise<Finding | undefined> {
  for (const { name, shape, array, size } of model.parameters.all) {
    const { first } = numbersOf(name, shape, (await device.read(array)).subarray(0, size));
    if (first)
      return {
        sentence: `the gradients are finite, and the update by them makes ${name} ${first.value} at [${first.place.join(', ')}]`,
      };
  }
  return undefined;
}

/** The first number of the validation that is not finite; it is of the averages of the weights where there are some. */
export async function spoiltValidation({
  device,
  model,
  validationBatches,
  average,
}: Pick<Training, 'device' | 'model' | 'validationBatches' | 'average'>): Promise<Finding | undefined> {
  const look = async (): Promise<Finding | undefined> => {
    for await (const batch of validationBatches()) {
      const anomaly = await findAnomaly(device, (observer) => {
        const tape = new Tape(device, { training: false, gradients: false, observer });
        crossEntropy(model.maskedLogits(tape, batch), tape.input(batch.labels, [batch.labels.length]));
        tape.free();
      });
      if (anomaly) return findingOf(anomaly);
    }
    return undefined;
  };
  return average ? average.during(look) : look();
}
