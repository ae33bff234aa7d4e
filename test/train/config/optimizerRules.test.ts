import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { rejects } from '../../data/rejects.ts';

const resolved = (optimizer: string, more = '') =>
  resolveConfig(`train: { optimizer: ${optimizer}${more} }`, 'a.yaml').train;

test('each optimizer has its own defaults, which a config may change', () => {
  assert.is(resolved('{ name: muon }').optimizer.learningRate, 0.02);
  assert.equal(resolved('{ name: lion }').optimizer.betas, [0.9, 0.99]);
  assert.is(resolved('{ name: lion, learningRate: 1e-4 }').optimizer.learningRate, 1e-4);
  assert.is(resolved('{ name: adamw }').optimizer.learningRate, 1e-3);
});

for (const [what, optimizer, more, message] of [
  [
    'AdamW has no momentum',
    '{ momentum: 0.9 }',
    '',
    /train.optimizer.momentum: found 0.9; expected nothing, as .* is adamw: only muon has it/,
  ],
  ['Lion has no epsilon', '{ name: lion, epsilon: 1e-8 }', '', /epsilon: found 1e-8; expected nothing, as .* is lion/],
  [
    'Muon takes no f16',
    '{ name: muon }',
    ', precision: f16',
    /expected adamw, stableadamw or lion, as train.precision is f16/,
  ],
  ['nor is it shared', '{ name: muon }', ', shardOptimizer: true', /shardOptimizer: found true; expected false, as/],
] as const)
  test(what, () => rejects(() => resolved(optimizer, more), message));

test('Lion is shared, and all train in bf16', () => {
  for (const name of ['adamw', 'stableadamw', 'lion', 'muon'])
    assert.is(resolved(`{ name: ${name} }`, ', precision: bf16').precision, 'bf16');
  assert.is(resolved('{ name: lion }', ', shardOptimizer: true, precision: bf16').shardOptimizer, true);
});

test.run();
