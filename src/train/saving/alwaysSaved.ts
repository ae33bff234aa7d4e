import type { Communicator } from '../../ranks/communicator.ts';
import type { Device } from '../../kernels/device.ts';
import type { Config } from '../config/table/table.ts';
import type { JsonObject } from '../run/checkpoint/checkpoint.ts';

/** What of a run's parts its checkpoints tell. */
interface ToldParts {
  readonly config: Config;
  readonly device: Device;
  readonly corpus: string;
  readonly tokenizer?: string;
  readonly validation?: string;
  readonly folder?: string;
  readonly ranks?: Communicator;
}

/** What the state of every checkpoint holds. */
export function alwaysSaved({ config, device, corpus, tokenizer, validation, folder, ranks }: ToldParts): JsonObject {
  const { name, description, arithmetic, products } = device;
  return {
    seed: config.seed,
    config,
    corpus,
    ...(tokenizer === undefined ? {} : { tokenizer }),
    ...(validation === undefined ? {} : { validation }),
    ...(folder === undefined ? {} : { folder }),
    ...(ranks === undefined || ranks.size === 1 ? {} : { ranks: ranks.size }),
    device: { name, description, arithmetic, ...(products === undefined ? {} : { products }) },
  };
}
