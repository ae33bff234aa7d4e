import { inRows } from '../../data/dataOptions.ts';
import { BertrandError } from '../../error.ts';
import type { Device } from '../../kernels/device.ts';
import type { Config } from '../config/table/table.ts';

/** Bytes of attention scores and probabilities that a step may keep on a device that has to store them. */
const MOST_BYTES = 2 ** 31;
/** Arrays of (heads, length, length) that a block keeps for backward: probabilities before and after dropout, and a gradient on the way. */
const ARRAYS = 3;

/**
 * Without padding a batch is one long row. A device without fused attention stores scores between all its tokens: right, but
 * slow and large. Throws a BertrandError where that would be too large.
 */
export function expectScoresFit(device: Pick<Device, 'name' | 'has'>, { data, model, train }: Config): void {
  if (inRows(data) || device.has('attention')) return;
  const tokens = train.batchSize * data.sequenceLength;
  const bytes = 4 * ARRAYS * model.layers * model.heads * tokens ** 2;
  const fitting = Math.max(1, Math.floor(train.batchSize * Math.sqrt(MOST_BYTES / bytes)));
  if (bytes > MOST_BYTES)
    throw new BertrandError(
      `data.padding: false: ${device.name} has no fused attention, so scores between all ${tokens} tokens of a batch would take ` +
        `about ${(bytes / 2 ** 30).toFixed(0)} GiB`,
      { advice: `write data.padding: true, or lower train.batchSize to ${fitting}` },
    );
}
