/**
 * An op of your own, with its backward, from kernels that every device has; its gradient is checked against central differences.
 *
 *     node --import tsx examples/custom-op.ts
 */
import { checkGradients, compareWithReference, op, openDevice, Parameter, sum } from 'bertrand-ml';
import type { Device, Tape, Tensor } from 'bertrand-ml';

/** y = x^3, dx = 3 x^2 dy */
const cube = op('cube', (launch, x: Tensor) => {
  const product = { size: x.size, period: x.size };
  const square = launch('mul', { a: x, b: x }, product).y;
  const { y } = launch('mul', { a: square, b: x }, product);
  return {
    output: y,
    shape: x.shape,
    backward: (dy, launch, into) => {
      const tripled = launch('affine', { x: dy }, { size: x.size, factor: 3, term: 0 }).y;
      return [launch('mul', { a: tripled, b: square }, product, { y: into[0] }).y];
    },
    saved: [square], // what backward reads stays until then
  };
});

const check = {
  name: 'cube',
  build(device: Device) {
    const x = Parameter.of(device, 'x', [4], [0.5, -1, 2, 0.1]);
    return { parameters: [x], forward: (tape: Tape) => sum(cube(tape.use(x))) };
  },
};
const reference = await openDevice('reference'); // float64
const cpu = await openDevice('cpu');
for (const { error, message } of [
  await checkGradients(check, reference),
  await compareWithReference(check, cpu, reference),
])
  console.log(error <= 1 ? 'right' : `wrong: ${message}`);
await cpu.close();
