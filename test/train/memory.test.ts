import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { train } from '../../src/train/loop.ts';
import { notes, smallTraining } from './smallTraining.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes: of the device, of JavaScript (objects and array buffers), of the whole process. */
interface Use {
  readonly allocations: number;
  readonly reserved: number;
  readonly heap: number;
  readonly resident: number;
}

const STEPS = 600;
/** Steps after which all that is compiled and pooled is there. */
const WARM = 250;
const MEGABYTE = 2 ** 20;

for (const [name, settings] of Object.entries({
  packed: [],
  unpadded: ['data.packing=false'],
  accumulated: ['train.accumulate=2', 'train.batchSize=4', 'data.masking.choice=exact'],
}))
  test(`${name}: memory is flat from step ${WARM} to step ${STEPS}`, async () => {
    const device = await openCpu({ threads: 1 });
    const training = await smallTraining(device, [`train.steps=${STEPS}`, 'validate.every=50', ...settings]);
    const uses: Use[] = [];
    const measure = (): void => {
      collectGarbage();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      const { allocations, reserved } = device.memory;
      uses.push({ allocations, reserved, heap: heapUsed + arrayBuffers, resident: rss });
    };
    await train(training, 0, {
      ...notes(),
      onStep: (step) => {
        if (step % 50 === 0) measure(); // often, so that the collector's own space does not grow in between
      },
      onTrain: () => {},
    });
    await device.close();
    const [warm, end] = [uses[WARM / 50 - 1], uses[STEPS / 50 - 1]];
    assert.is(end.allocations, warm.allocations);
    assert.is(end.reserved, warm.reserved);
    const grown = (what: 'heap' | 'resident'): number => (end[what] - warm[what]) / MEGABYTE;
    assert.ok(grown('heap') < 0.5, `the JavaScript heap grew by ${grown('heap').toFixed(2)} MB`);
    assert.ok(grown('resident') < 8, `the process grew by ${grown('resident').toFixed(2)} MB`);
  });

test.run();
