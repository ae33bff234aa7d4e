import { Tape } from '../../../src/autograd/tape.ts';
import type { Bert, EncoderInput } from '../../../src/bert/Bert.ts';
import type { Device } from '../../../src/kernels/device.ts';

/**
 * How much each position of a sequence looks at each other one, dropout off.
 * @param sequences one sequence
 * @returns for each layer (heads, length, length): rows are queries, columns keys
 */
export async function attentionMaps(device: Device, model: Bert, sequences: EncoderInput): Promise<Float64Array[]> {
  const maps: Promise<Float64Array>[] = [];
  const observer = {
    onForward(op: string, _: unknown, [probabilities]: readonly { read(): Promise<Float64Array> }[]) {
      if (op === 'maskedSoftmax') maps.push(probabilities.read()); // (1, heads, length, length)
    },
  };
  const tape = new Tape(device, { training: false, gradients: false, observer });
  model.encode(tape, sequences);
  tape.free();
  return Promise.all(maps);
}
