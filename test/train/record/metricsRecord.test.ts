import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { logged } from '../../../src/train/record/loggedSamples.ts';
import { readMetrics } from '../../../src/train/record/metricsRecord.ts';

const at = (seconds: number): string => new Date(1.7e12 + 1000 * seconds).toISOString();
const line = (event: string, step: number, seconds: number, fields: object = {}): string =>
  JSON.stringify({ event, step, ...fields, time: at(seconds) });
const text = (...lines: string[]): string => `${lines.join('\n')}\n`;

test('lines of training and validation come by step with their numbers', () => {
  const { training, validation, step, device, parameters } = readMetrics(
    text(
      line('start', 0, 0, { device: 'cpu', parameters: 12 }),
      line('train', 10, 5, { loss: 3, gradNorm: null, other: 1 }),
      line('validate', 10, 6, { loss: 2.5, accuracy: 0.5 }),
      line('checkpoint', 10, 6),
      line('train', 20, 12, { loss: 2 }),
    ),
  );
  assert.equal(
    training.map(({ step, numbers }) => [step, numbers]),
    [
      [10, { loss: 3 }],
      [20, { loss: 2 }],
    ],
  );
  assert.equal(
    validation.map(({ step, numbers }) => [step, numbers]),
    [[10, { loss: 2.5, accuracy: 0.5 }]],
  );
  assert.equal({ step, device, parameters }, { step: 20, device: 'cpu', parameters: 12 });
});

test('shares and samples are read as they are written, and what is not as it should be is left out', () => {
  const sample = { before: 'the', truth: 'union', after: 'is', guesses: [{ token: 'union', probability: 0.51234 }] };
  const broken = [null, 7, 'x', [], { ...sample, truth: 3 }, { before: '', truth: '', after: '', guesses: [['a'], [1, 2], 'b', null] }]; // prettier-ignore
  const { unknownShare, duplicateShare, training, validation } = readMetrics(
    text(
      line('start', 0, 0, { unknownShare: 0.25, duplicateShare: 0.5 }),
      line('train', 10, 1, { samples: logged([sample]) }),
      line('validate', 10, 2, { samples: logged([sample]), silentUnits: 0.125 }),
      line('validate', 20, 3, { samples: broken }),
      line('validate', 30, 4, { samples: 'none', silentUnits: 'many' }),
    ),
  );
  assert.equal([unknownShare, duplicateShare], [0.25, 0.5]);
  assert.is(training[0].samples, undefined);
  assert.equal(validation[0].samples, [{ ...sample, guesses: [{ token: 'union', probability: 0.512 }] }]);
  assert.is(validation[0].numbers.silentUnits, 0.125);
  assert.equal(validation[1].samples, [{ before: '', truth: '', after: '', guesses: [] }]);
  assert.equal([validation[2].samples, validation[2].numbers], [undefined, {}]);
});

test('pauses are no minutes of training, and neither is a clock that was set back', () => {
  const { minutes, training } = readMetrics(
    text(
      line('start', 0, 0),
      line('train', 10, 60),
      line('resume', 10, 6000),
      line('train', 20, 6060),
      line('train', 30, 0),
      line('train', 40, 30),
    ),
  );
  assert.is(minutes, 2.5);
  assert.equal(
    training.map(({ minutes }) => minutes),
    [1, 2, 2, 2.5],
  );
});

test('of a step that was made twice the last counts, and what came after it at first does not', () => {
  const { training } = readMetrics(
    text(
      line('train', 10, 1, { loss: 4 }),
      line('train', 20, 2, { loss: 3 }),
      line('train', 30, 3, { loss: 2 }),
      line('resume', 10, 9),
      line('train', 20, 10, { loss: 3.5 }),
    ),
  );
  assert.equal(
    training.map(({ step, numbers }) => [step, numbers.loss]),
    [
      [10, 4],
      [20, 3.5],
    ],
  );
});

test('step times are of stretches in which nothing was saved', () => {
  const { stepTimes } = readMetrics(
    text(
      line('start', 0, 0),
      line('train', 10, 9), // with what a start takes
      line('train', 20, 11),
      line('validate', 20, 20),
      line('train', 30, 21),
      line('checkpoint', 30, 21),
      line('train', 40, 40), // with a save
      line('train', 60, 42),
    ),
  );
  assert.equal(stepTimes, [200, 100, 100]);
});

test('how a run was interrupted is what its last line says', () => {
  const stopped = readMetrics(text(line('train', 5, 1), line('stop', 7, 2, { signal: 'SIGINT' })));
  assert.equal(stopped.interruption, { event: 'stop', step: 7, message: 'SIGINT' });
  const failed = readMetrics(text(line('error', 7, 2, { message: 'the disk is full' })));
  assert.is(failed.interruption?.message, 'the disk is full');
  assert.is(readMetrics(text(line('stop', 7, 2), line('train', 8, 3))).interruption, undefined);
});

test('damaged and hostile lines are passed over', () => {
  const lines = [
    '{"event":"train","step":1,"loss":',
    '[]',
    'null',
    '{"event":"train","step":1e300,"loss":1}',
    '{"event":"train","step":-1,"loss":1}',
    '{"event":"train","step":2,"loss":"3","time":"yesterday","__proto__":{"gradNorm":1}}',
    '{"event":"validate","step":3,"loss":1e999}',
    line('train', 4, 1, { loss: 2 }),
    '{"event":"train","step":5,"lo',
  ];
  const { training, validation, minutes } = readMetrics(lines.join('\n'));
  assert.equal(
    training.map(({ step, numbers }) => [step, numbers]),
    [
      [2, {}],
      [4, { loss: 2 }],
    ],
  );
  assert.equal(
    validation.map(({ numbers }) => numbers),
    [{}],
  );
  assert.is(minutes, 0);
});

test.run();
