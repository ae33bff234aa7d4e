import { encoderOf } from '../../protobuf/encoderOf.ts';

/** The messages of TensorBoard that are written here (tensorboard/compat/proto/event.proto and summary.proto). */
const encode = encoderOf('tensorboard', 'proto2', {
  Event: {
    wall_time: [1, 'double'],
    step: [2, 'int64'],
    file_version: [3, 'string'],
    summary: [5, 'Summary'],
    session_log: [7, 'SessionLog'],
  },
  Summary: { value: [1, 'Value*'] },
  Value: { tag: [1, 'string'], simple_value: [2, 'float'] },
  SessionLog: { status: [1, 'int32'] },
});

/** SessionLog.START: TensorBoard forgets what it has read of this step and later ones. */
const START = 1;

/** The first event of a file. */
export const versionEvent = (seconds: number): Uint8Array =>
  encode('Event', { wall_time: seconds, file_version: 'brain.Event:2' });

/** Says that training begins, or goes on, with this step. */
export const startEvent = (seconds: number, step: number): Uint8Array =>
  encode('Event', { wall_time: seconds, step: BigInt(step), session_log: { status: START } });

/** What a line of metrics is called in TensorBoard, by its event; other numbers stay in metrics.jsonl alone. */
const tags: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  train: {
    loss: 'loss/train',
    learningRate: 'learning_rate',
    gradNorm: 'grad_norm',
    tokensPerSecond: 'tokens_per_second',
    peakMemory: 'peak_memory',
    lossScale: 'loss_scale',
  },
  validate: {
    loss: 'loss/validation',
    contextFreeLoss: 'loss/without_context',
    unigramLoss: 'loss/by_frequency',
    natsPerCharacter: 'loss/nats_per_character',
    accuracy: 'accuracy',
    macroF1: 'macro_f1',
    matthews: 'matthews',
    entityF1: 'entity_f1',
  },
};

/** The scalars of a line of metrics; undefined where it has none. */
export function scalarsEvent(
  seconds: number,
  event: string,
  fields: Readonly<Record<string, unknown>> & { readonly step: number },
): Uint8Array | undefined {
  const value = Object.entries(tags[event] ?? {}).flatMap(([name, tag]) => {
    const number = fields[name];
    return typeof number === 'number' && Number.isFinite(number) ? [{ tag, simple_value: number }] : [];
  });
  if (value.length === 0) return undefined;
  return encode('Event', { wall_time: seconds, step: BigInt(fields.step), summary: { value } });
}
