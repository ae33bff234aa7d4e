import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AdamW, Bert, Lion, Muon, openDevice, StableAdamW, trainStep } from '../../../src/index.ts';
import type { Device } from '../../../src/index.ts';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { openOptimizer } from '../../../src/train/optimizer/openOptimizer.ts';
import type { Optimizer } from '../../../src/train/optimizer/optimizer.ts';

const device = await openDevice('reference');
const batch = {
  batch: 1,
  length: 4,
  tokens: 4,
  ids: Int32Array.of(1, 5, 6, 2),
  segments: new Int32Array(4),
  spans: Int32Array.of(0, 4, 0, 4, 0, 4, 0, 4),
  positions: Int32Array.of(1, 2),
  labels: Int32Array.of(7, 6),
};

/** The losses of five steps. */
async function losses(open: (model: Bert) => Optimizer): Promise<number[]> {
  const model = new Bert(
    { layers: 1, embeddingSize: 8, heads: 2, feedForwardSize: 16, vocabSize: 9, dropout: 0 },
    1,
  ).to(device);
  const optimizer = open(model);
  const found: number[] = [];
  for (let step = 1; step <= 5; step++)
    found.push(await trainStep({ device, model, optimizer }, [batch], 1, step, 0.01).loss);
  return found;
}

const classes = [
  ['adamw', AdamW, {}, ''],
  ['stableadamw', StableAdamW, { epsilon: 1e-4 }, 'epsilon: 1e-4'],
  ['lion', Lion, { betas: [0.8, 0.9], weightDecay: 0.1 }, 'betas: [0.8, 0.9], weightDecay: 0.1'],
  ['muon', Muon, { momentum: 0.9, adamShare: 0.5 }, 'momentum: 0.9, learningRate: 0.01, adamLearningRate: 0.005'],
  ['muon', Muon, {}, ''],
] as const;

for (const [name, Class, options, yaml] of classes)
  test(`${Class.name} (${yaml || 'defaults'}) trains as a config's ${name}`, async () => {
    const { train } = resolveConfig(`train: { optimizer: { name: ${name}, ${yaml} } }`, 'test.yaml');
    const byConfig = await losses(({ parameters }) => openOptimizer(device, parameters, train));
    const made: new (device: Device, parameters: Bert['parameters'], options: object) => Optimizer = Class;
    assert.equal(await losses(({ parameters }) => new made(device, parameters, options)), byConfig);
    assert.ok(byConfig[4] < byConfig[0]);
  });

test("a state of another optimizer's is refused", async () => {
  const model = new Bert({ layers: 1, embeddingSize: 8, heads: 2, vocabSize: 9 }, 1).to(device);
  const state = await new Muon(device, model.parameters).state();
  assert.throws(() => new Lion(device, model.parameters).restore(state), /the state is of another optimizer/);
});

test.run();
