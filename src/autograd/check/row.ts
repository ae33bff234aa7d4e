import seedrandom from 'seedrandom';
import type { Device } from '../../kernels/device.ts';
import { mul } from '../ops/arithmetic/mul.ts';
import { Parameter } from '../parameters/parameter.ts';
import { placeInArenas } from '../parameters/parameterArena.ts';
import { sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import type { GradientCheck } from './gradcheck.ts';

export interface OpCheck extends GradientCheck {
  /**
   * The same check with inputs that an op computed. Unlike parameters, these are freed before backward unless `saved`
   * lists them, so this check fails if backward reads an array that is not listed.
   */
  readonly onTape: GradientCheck;
}

/**
 * One row of the table of op checks.
 * @param inputs the shapes of the differentiable inputs
 * @param forward must bring one of them onto the tape with `tape.use`
 */
export function row(
  name: string,
  inputs: Readonly<Record<string, Shape>>,
  forward: (tape: Tape, inputs: Record<string, Tensor>) => Tensor,
): OpCheck {
  const place = (device: Device): Parameter[] => {
    const random = seedrandom(name);
    const parameters = Object.entries(inputs).map(([key, shape]) => new Parameter(key, shape, true));
    placeInArenas(device, parameters);
    for (const parameter of parameters)
      parameter.write(Float32Array.from({ length: sizeOf(parameter.shape) }, () => 4 * random() - 2));
    return parameters;
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
