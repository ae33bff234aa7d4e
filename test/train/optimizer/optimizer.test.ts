import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Device } from '../../../src/kernels/device.ts';
import { openCpu } from '../../../src/kernels/cpu/index.ts';
import { openReference } from '../../../src/kernels/reference/index.ts';
import { openOptimizer } from '../../../src/train/optimizer/openOptimizer.ts';
import { train } from '../../../src/train/loop.ts';
import { readParameters, writeParameters } from '../../../src/train/modelState.ts';
import { newtonSchulz } from '../../../src/train/optimizer/newtonSchulz.ts';
import { messageOf } from '../../messageOf.ts';
import { notes, smallTraining } from '../smallTraining.ts';

const names = ['adamw', 'muon', 'lion', 'stableadamw'];
const settings = (name: string): string[] => [
  `train.optimizer={ name: ${name} }`,
  'log.every=1',
  'train.steps=6',
  'model.layers=2',
];
const cpu = await openCpu({ threads: 1 });

for (const name of names) {
  test(`${name}: the cpu follows reference`, async () => {
    const [found, expected] = [notes(), notes()];
    await train(await smallTraining(cpu, settings(name)), 0, found);
    await train(await smallTraining(openReference(), settings(name)), 0, expected);
    for (const [i, loss] of expected.losses.entries())
      assert.ok(Math.abs(found.losses[i] - loss) < 2e-4 * loss, `step ${i + 1}: ${found.losses[i]}, ${loss}`);
    assert.ok(expected.losses[5] < expected.losses[0] - 0.1, expected.losses.join(' '));
  });

  test(`${name}: goes on from its state as if it had not been stopped, bit for bit`, async () => {
    const whole = await smallTraining(cpu, settings(name));
    await train(whole, 0, notes());
    const first = await smallTraining(cpu, settings(name));
    let stopped = 0;
    await train(first, 0, { ...notes(), onStep: (step) => void (stopped = step), stopRequested: () => stopped === 3 });
    assert.is(stopped, 3);
    const second = await smallTraining(cpu, settings(name));
    writeParameters(second.model.parameters, await readParameters(first.model.parameters));
    second.optimizer.restore(await first.optimizer.state());
    await train(second, 3, notes());
    assert.equal(await readParameters(second.model.parameters), await readParameters(whole.model.parameters));
    assert.equal((await second.optimizer.state()).tensors, (await whole.optimizer.state()).tensors);
  });
}

test('the state of another optimizer is refused', async () => {
  const [adamw, muon, lion] = await Promise.all(names.map((name) => smallTraining(cpu, settings(name))));
  const [of, into] = [await adamw.optimizer.state(), await muon.optimizer.state()];
  for (const [state, { optimizer }] of [
    [of, muon],
    [of, lion],
    [into, lion],
  ] as const)
    assert.match(
      await messageOf(() => optimizer.restore(state)),
      /^the state is of another optimizer: it has .*; this one keeps /,
    );
});

test('how many kernels Muon launches does not depend on the number of blocks', async () => {
  const launches = async (layers: number): Promise<number> => {
    let count = 0;
    const device: Device = Object.create(cpu, {
      launch: { value: (...call: Parameters<Device['launch']>) => ((count += 1), cpu.launch(...call)) },
    });
    const { model, config } = await smallTraining(device, [...settings('muon'), `model.layers=${layers}`]);
    const optimizer = openOptimizer(device, model.parameters, config.train);
    model.parameters.completeGradients();
    count = 0;
    await optimizer.step(0.01);
    return count;
  };
  assert.is(await launches(4), await launches(1));
});

test('Newton-Schulz brings singular values near 1 and keeps matrices apart', async () => {
  const device = openReference();
  const wide = [3, 0, 0, 0, 0.5, 0, /* the second matrix */ 0, 2, 0, 1, 0, 0];
  for (const [rows, columns] of [
    [2, 3],
    [3, 2],
  ]) {
    const values = rows < columns ? wide : [3, 0, 0, 0.5, 0, 0, 0, 2, 1, 0, 0, 0];
    const x = newtonSchulz(device, device.upload('f32', values), { count: 2, rows, columns });
    const found = await device.read(x);
    for (const [i, value] of values.entries())
      if (value === 0) assert.ok(Math.abs(found[i]) < 1e-9, found.join(' '));
      else assert.ok(found[i] > 0.65 && found[i] < 1.25, found.join(' '));
  }
});

test.after(() => cpu.close());

test.run();
