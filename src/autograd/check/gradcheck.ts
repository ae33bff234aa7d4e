import seedrandom from 'seedrandom';
import type { Device } from '../../kernels/device.ts';
import { WorstDifference } from './difference.ts';
import type { Difference } from './difference.ts';
import type { Parameter } from '../parameters/parameter.ts';
import { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';

/** A differentiable computation to check: an op, a box of the model, or a user's own. */
export interface GradientCheck {
  /** Its name in messages. */
  readonly name: string;
  /** Puts the inputs on `device`; `forward` may be called any number of times. */
  build(device: Device): { readonly parameters: readonly Parameter[]; readonly forward: (tape: Tape) => Tensor };
}

/** Step of the central differences, whose error is about its square. */
const EPSILON = 1e-6;
const RELATIVE = 1e-5;
/** The rounding error of a difference of outputs near 1, divided by 2 * EPSILON, with a margin for sums. */
const ABSOLUTE = 1e-8;
/** Up to this many outputs the whole Jacobian is checked row by row; beyond, only random combinations of its rows. */
const FULL_JACOBIAN = 64;
const RANDOM_ROWS = 3;

/**
 * Checks backward against central differences (f(x + e) - f(x - e)) / 2e for every entry of every input, with dropout on.
 * @param device the float64 reference device: float32 is too coarse for differences
 * @returns the worst difference; the check passes if its `error` is at most 1
 */
export async function checkGradients(check: GradientCheck, device: Device): Promise<Difference> {
  const { parameters, forward } = check.build(device);
  const outputs = (await evaluate(device, forward)).length;
  const rows = cotangents(check.name, outputs);
  const analytic = [];
  for (const row of rows) analytic.push(await gradientsOf(device, parameters, forward, row));
  const worst = new WorstDifference(check.name);
  for (const [p, parameter] of parameters.entries()) {
    const values = await parameter.read();
    for (let entry = 0; entry < parameter.size; entry++) {
      const slope = await centralDifference(device, parameter, values, entry, forward);
      for (const [r, row] of rows.entries()) {
        const numeric = row.reduce((total, weight, i) => total + weight * slope[i], 0);
        const found = analytic[r][p][entry];
        const allowed = ABSOLUTE + RELATIVE * Math.max(Math.abs(found), Math.abs(numeric));
        worst.add({
          check: check.name,
          input: parameter.name,
          entry,
          found: ['analytic', found],
          expected: ['numeric', numeric],
          allowed,
        });
      }
    }
  }
  return worst;
}

/** The vectors w for which w @ Jacobian is checked: all unit vectors if there are few outputs, and some random ones. */
export function cotangents(name: string, outputs: number): Float32Array[] {
  const random = seedrandom(`${name}/cotangents`);
  const units = outputs <= FULL_JACOBIAN ? outputs : 0;
  return [
    ...Array.from({ length: units }, (_, unit) => new Float32Array(outputs).map((_, i) => Number(i === unit))),
    ...Array.from({ length: RANDOM_ROWS }, () => new Float32Array(outputs).map(() => 2 * random() - 1)),
  ];
}

/** The output's values, without recording gradients. */
export async function evaluate(device: Device, forward: (tape: Tape) => Tensor): Promise<Float64Array> {
  const tape = new Tape(device, { gradients: false });
  const output = forward(tape).read();
  tape.free();
  return output;
}

/** row @ Jacobian by backward: one array of gradients per parameter. */
export async function gradientsOf(
  device: Device,
  parameters: readonly Parameter[],
  forward: (tape: Tape) => Tensor,
  row: Float32Array,
): Promise<Float64Array[]> {
  const tape = new Tape(device);
  for (const parameter of parameters) parameter.hasGradient = false;
  tape.backward(forward(tape), row);
  return Promise.all(parameters.map((parameter) => parameter.readGradient()));
}

/** d(output)/d(entry), one number per output. */
async function centralDifference(
  device: Device,
  parameter: Parameter,
  values: Float64Array,
  entry: number,
  forward: (tape: Tape) => Tensor,
): Promise<Float64Array> {
  const at = (shift: number): Promise<Float64Array> => {
    parameter.write(values.map((value, i) => (i === entry ? value + shift : value)));
    return evaluate(device, forward);
  };
  const [above, below] = [await at(EPSILON), await at(-EPSILON)];
  parameter.write(values);
  return above.map((value, i) => (value - below[i]) / (2 * EPSILON));
}
