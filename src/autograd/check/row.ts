import seedrandom from 'seedrandom';
import type { Device } from '../../kernels/device.ts';
import { mul } from '../ops/arithmetic/mul.ts';
import { Parameter } from '../parameters/parameter.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import type { GradientCheck } from './gradcheck.ts';

export interface OpCheck extends GradientCheck {
  /**
   * The same check of inputs that an op made. Parameters outlive every tape; what ops make is freed before backward unless it is listed
   * in `saved`, so that here an op falls that reads what it did not list.
   */
  readonly onTape: GradientCheck;
}

/**
 * A row of the table of ops.
 * @param inputs the shapes of its differentiable inputs
 * @param forward must bring one of them onto the tape with `tape.use`
 */
export function row(
  name: string,
  inputs: Readonly<Record<string, Shape>>,
  forward: (tape: Tape, inputs: Record<string, Tensor>) => Tensor,
): OpCheck {
  const place = (device: Device): Parameter[] => {
    const random = seedrandom(name);
    return Object.entries(inputs).map(([key, shape]) => {
      const values = Float32Array.from({ length: sizeOf(shape) }, () => 4 * random() - 2);
      return Parameter.of(device, key, shape, values);
    });
  };
  const check = (suffix: string, given: (tape: Tape, parameter: Parameter) => Tensor): GradientCheck => ({
    name: name + suffix,
    build(device) {
      const parameters = place(device);
      const named = (tape: Tape): [string, Tensor][] => parameters.map((each) => [each.name, given(tape, each)]);
      return { parameters, forward: (tape) => forward(tape, Object.fromEntries(named(tape))) };
    },
  });
  return {
    ...check('', (_, parameter) => parameter),
    onTape: check(', inputs on the tape', (tape, parameter) => mul(tape.use(parameter), 1)),
  };
}
