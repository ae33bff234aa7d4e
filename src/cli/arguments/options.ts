import { deviceChoices } from '../../kernels/choose.ts';
import { poolings } from '../../train/embed/embedder.ts';

/** Options that several commands take, in yargs's notation. */

export const deviceOption = {
  choices: deviceChoices,
  requiresArg: true,
  default: 'auto' as const,
  describe: 'Where to compute; auto takes the fastest that is here',
};

export const jsonOption = { type: 'boolean', default: false, describe: 'Print JSON' } as const;

export const configFile = { type: 'string', demandOption: true, describe: 'A config in YAML' } as const;

export const modelFolder = {
  type: 'string',
  demandOption: true,
  describe: "A run's folder, one of its checkpoints, or a folder of Hugging Face's BERT",
} as const;

export const runFolder = {
  type: 'string',
  demandOption: true,
  describe: "A run's folder, or one of its checkpoints",
} as const;

export const setOption = {
  type: 'string',
  array: true,
  requiresArg: true,
  default: [] as string[],
  describe: 'Change a key of the config: --set train.steps=100',
} as const;

export const anomalyOption = {
  type: 'boolean',
  default: false,
  describe: 'Where a loss is no number, make the step once more and name the op that began it',
} as const;

/** What changes the config of a training run. */
export const trainingOptions = {
  set: setOption,
  device: { choices: deviceChoices, requiresArg: true, describe: "Instead of the config's device" },
  out: { type: 'string', requiresArg: true, describe: "The run's folder, instead of the config's out" },
} as const;

/** What embeds the texts of a file. */
export const embeddingOptions = {
  field: {
    type: 'string',
    requiresArg: true,
    describe:
      "The field of the texts, 'text' by default in .jsonl, .csv and .tsv; any other file is then read as JSON Lines",
  },
  pooling: {
    choices: poolings,
    default: 'mean' as const,
    requiresArg: true,
    describe: "mean: of all tokens' outputs, [CLS] and [SEP] included; cls: the output of [CLS]",
  },
  device: deviceOption,
} as const;

/** The positional arguments of what embeds the texts of a file. */
export const encoder = {
  type: 'string',
  demandOption: true,
  describe: "A run's folder, one of its checkpoints, or a folder of Hugging Face's BERT or ModernBERT",
} as const;

export const textFile = {
  type: 'string',
  demandOption: true,
  describe: 'A .jsonl, .csv or .tsv file, or one with a text in each line; - for the standard input',
} as const;
