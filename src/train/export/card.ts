import type { Config } from '../config/table/table.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';

/** What stands in a card beside the run itself. */
export interface CardFacts {
  readonly format: 'hf' | 'onnx';
  /** The last validation of the run; undefined where its metrics are gone. */
  readonly validation: Pick<Evaluation, 'loss' | 'accuracy'> | undefined;
  /** Each file of weights with what its precision costs in nats on the validation text, where that is known. */
  readonly files: readonly { readonly name: string; readonly cost?: number | undefined }[];
  readonly version: string;
}

/** The README.md of an exported folder, with the metadata that model hubs read. */
export function modelCard(
  { config, step }: { readonly config: Config; readonly step: number },
  { format, validation, files, version }: CardFacts,
): string {
  const { model, data, train } = config;
  const library = format === 'hf' ? 'transformers' : 'transformers.js';
  const weights = files.map(
    ({ name, cost }) =>
      `- \`${name}\`${cost === undefined ? '' : `: ${cost >= 0 ? '+' : ''}${cost.toFixed(4)} nats on the validation text`}`,
  );
  const results = validation
    ? `On the validation text it reached a loss of ${validation.loss.toFixed(4)} nats and guessed ${(100 * validation.accuracy).toFixed(1)} % of the masked tokens.`
    : 'Its validation results were not at hand.';
  return `---
library_name: ${library}
pipeline_tag: fill-mask
tags:
  - bert
  - bertrand
  - masked-lm
---

# A BERT pretrained with Bertrand ${version}

${step} of ${train.steps} steps of masked language modelling, ${train.batchSize * train.accumulate} sequences of up to ${data.sequenceLength} tokens a step,
on ${data.corpus.map((glob) => `\`${glob}\``).join(', ')}. ${results}

| | |
|---|---|
| preset | ${model.preset} |
| blocks, width, heads | ${model.layers}, ${model.embeddingSize}, ${model.heads} |
| feed-forward width | ${model.feedForwardSize} |
| longest text | ${data.sequenceLength} tokens |
| seed | ${config.seed} |

## Files of weights

${weights.join('\n')}
`;
}
