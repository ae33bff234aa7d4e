import { Tape } from '../../autograd/tape.ts';
import type { Tensor } from '../../autograd/tensor.ts';
import { Attention } from '../../bert/Attention.ts';
import type { Bert, Sequences } from '../../bert/Bert.ts';
import { watchBoxes } from '../../bert/watchBoxes.ts';
import type { Device } from '../../kernels/device.ts';

/**
 * How much each position of a sequence looks at each other one, dropout off.
 * @param sequences one sequence
 * @returns for each layer (heads, length, length): rows are queries, columns keys
 */
export async function attentionMaps(device: Device, model: Bert, sequences: Sequences): Promise<Float64Array[]> {
  const tape = new Tape(device, { training: false, gradients: false });
  const maps: Promise<Float64Array>[] = [];
  watchBoxes(
    model,
    ({ box, inputs }) => {
      if (!(box instanceof Attention)) return;
      const [input, spans] = inputs as [Tensor, Tensor];
      maps.push(box.probabilities(input, spans).read()); // (1, heads, length, length)
    },
    () => model.encode(tape, sequences),
  );
  tape.free();
  return Promise.all(maps);
}
