import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveConfig } from '../../../src/train/config/resolveConfig.ts';
import { expectScoresFit } from '../../../src/train/measure/scoresFit.ts';

const composed = { name: 'webgl', has: () => false } as const;
const fused = { name: 'webgpu', has: () => true } as const;
const config = (...settings: string[]) => resolveConfig('seed: 1', 'a.yaml', ['data.packing=false', ...settings]);

test('a long row is refused where scores are stored, with what to do', () => {
  assert.throws(
    () => expectScoresFit(composed, config()),
    /webgl has no fused attention, so scores between all 4096 tokens .* about 3 GiB; write data.padding: true, or lower train.batchSize to 26/,
  );
  expectScoresFit(composed, config('train.batchSize=26'));
});

test('rows of one sequence and devices with fused attention have no such limit', () => {
  expectScoresFit(composed, config('data.padding=true'));
  expectScoresFit(composed, resolveConfig('seed: 1', 'a.yaml'));
  expectScoresFit(fused, config());
});

test.run();
