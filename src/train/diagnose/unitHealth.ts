import { Tape } from '../../autograd/tape.ts';
import type { Bert, MaskedInput } from '../../bert/Bert.ts';
import type { Device, HostArray } from '../../kernels/device.ts';
import { firstRows } from '../evaluate/firstRows.ts';

/** What GELU is given in the FFNs of a model. */
export interface UnitHealth {
  /** The share of the FFNs' units that never fire: whose input of GELU is below -3 at every token. */
  readonly silentUnits: number;
  /** The mean of all inputs of GELU. */
  readonly geluInput: number;
}

/** Where GELU passes 0.4 % of its input on, and 1.2 % of a gradient back. */
const SILENT = -3;
/** Tokens that are enough to see whether a unit fires, and numbers that may be read for it. */
const [MOST_TOKENS, MOST_NUMBERS] = [512, 1 << 22];

/** Measured on the first rows of a batch, dropout off. */
export async function unitHealth(device: Device, model: Bert, batch: MaskedInput): Promise<UnitHealth> {
  const { layers, feedForwardSize, feedForward } = model.options;
  const width = feedForward === 'geglu' ? 2 * feedForwardSize : feedForwardSize; // GELU's inputs come before their gates
  const tokens = Math.min(MOST_TOKENS, MOST_NUMBERS / (layers * width));
  const rows = firstRows(batch, Math.max(1, Math.floor(tokens / batch.length)));
  const reading: Promise<HostArray>[] = [];
  const tape = new Tape(device, {
    training: false,
    gradients: false,
    observer: {
      onForward(op, [x], _outputs, box) {
        if ((op === 'gelu' || op === 'geglu') && box.endsWith('.FFN')) reading.push(device.read(x.array));
      },
    },
  });
  model.encode(tape, rows);
  tape.free();
  const real = [...rows.ids.keys()].filter((token) => rows.spans[2 * token] < rows.spans[2 * token + 1]); // no padding
  let [silent, sum] = [0, 0];
  for (const inputs of await Promise.all(reading)) {
    const largest = new Float64Array(feedForwardSize).fill(-Infinity);
    for (const token of real)
      for (let unit = 0; unit < feedForwardSize; unit++) {
        const value = inputs[token * width + unit];
        sum += value;
        if (value > largest[unit]) largest[unit] = value;
      }
    for (const most of largest) if (most < SILENT) silent += 1;
  }
  const units = layers * feedForwardSize;
  return { silentUnits: silent / units, geluInput: sum / (units * real.length) };
}
