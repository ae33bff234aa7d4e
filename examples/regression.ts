/**
 * Fits y = sin(3x) with a small network. Its activation is composed of existing ops, so its gradient needs no code.
 *
 *     npm run example        # installs and builds; afterwards `node --import tsx examples/regression.ts` works too
 */
import { AdamW, add, checkGradients, matmul, mean, mul, openDevice, Parameters, sub, tanh, Tape } from 'bertrand-ml';
import type { Device, Tensor } from 'bertrand-ml';

/** SiLU (Elfwing et al. 2018): x * sigmoid(x), where sigmoid(x) = (1 + tanh(x / 2)) / 2 */
function silu(x: Tensor): Tensor {
  return mul(x, mul(add(tanh(mul(x, 0.5)), 1), 0.5));
}

const count = 64;
const inputs = Float64Array.from({ length: count }, (_, i) => (2 * i) / (count - 1) - 1); // from -1 to 1
const targets = inputs.map((x) => Math.sin(3 * x));

/** Builds the network on `device`. `forward` returns its mean squared error, a scalar. */
function build(device: Device) {
  const net = new Parameters(1);
  const [hidden, output] = [net.in('hidden'), net.in('output')];
  const weight1 = hidden.matrix('weight', [1, 16], { normal: 2 });
  const bias1 = hidden.vector('bias', 16, { uniform: 1 });
  const weight2 = output.matrix('weight', [16, 1], { normal: 0.25 });
  const bias2 = output.vector('bias', 1, { constant: 0 });
  net.allocate(device);
  const forward = (tape: Tape): Tensor => {
    const x = tape.input(inputs, [count, 1]);
    const activated = silu(add(matmul(x, weight1), bias1)); // (count, 16): bias1 is broadcast over the rows
    const y = add(matmul(activated, weight2), bias2); // (count, 1)
    const error = sub(y, tape.input(targets, [count, 1]));
    return mean(mul(error, error)); // a scalar
  };
  return { net, parameters: net.all, forward };
}

const reference = await openDevice('reference'); // float64
const { error, message } = await checkGradients({ name: 'regression', build }, reference);
console.log(error <= 1 ? 'every gradient agrees with central differences' : `wrong: ${message}`);

const device = await openDevice('auto'); // a GPU through WebGPU, or the cpu
const { net, forward } = build(device);
const optimizer = new AdamW(device, net, { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0, clipNorm: 0 });
for (let step = 1; step <= 500; step++) {
  const tape = new Tape(device);
  const loss = forward(tape);
  const value = loss.read(); // request it before backward frees the tape
  tape.backward(loss);
  void optimizer.step(0.01);
  if (step === 1 || step % 100 === 0) console.log(`step ${step}: mean squared error ${(await value)[0].toFixed(6)}`);
}
await device.close();
