import { readingOf } from '../../data/dataOptions.ts';
import type { Survey } from '../../data/survey/surveyFiles.node.ts';
import { formatCount } from '../progress/format.ts';
import { likelyTokens } from './proposal.ts';
import type { Proposal } from './proposal.ts';

interface Written {
  readonly patterns: readonly string[];
  readonly survey: Survey;
  readonly proposal: Proposal;
  readonly steps: number;
  readonly minutes: number;
  /** Why so many: a comment. */
  readonly why: string;
  readonly out: string;
  readonly device: string;
}

/** Tokens of which two in a hundred would be too few to validate on. */
const SMALL = 1e5;

/** A config in YAML that says of each key why it is so. */
export function configText({ patterns, survey, proposal, steps, minutes, why, out, device }: Written): string {
  const { files, documents, counted } = survey;
  const { layers, embeddingSize, heads, sequenceLength, batchSize, learningRate, vocabSize } = proposal;
  const tokens = likelyTokens(survey);
  const reading = readingOf(survey.reading);
  const every = Math.max(10, Math.round(steps / 20));
  const found = `${formatCount(files)} ${files === 1 ? 'file' : 'files'}, ${counted ? '' : 'about '}${formatCount(documents)} documents, about ${formatCount(tokens)} tokens`;
  return `# Made by \`bertrand init\`: ${found}.
# \`bertrand config KEY\` explains a key; those left out have their defaults.

seed: 42
out: ${JSON.stringify(out)} # the run's folder
${device === 'auto' ? '' : `device: ${device}\n`}
data:
  corpus: [${patterns.map((pattern) => JSON.stringify(pattern)).join(', ')}]
  documents: ${reading.documents} # of plain text: file, blank-line or line
  field: ${JSON.stringify(reading.field)} # of JSON Lines, CSV, TSV and Parquet
  validation: ${tokens < SMALL ? 0.1 : 0.02} # share of the text that is kept to validate on
  sequenceLength: ${sequenceLength} # short sequences learn sooner
  tokenizer:
    vocabSize: ${vocabSize} # by how much text there is
    lowercase: true # false to tell Apple from apple
  masking:
    probability: 0.3

model:
  preset: crammed
  layers: ${layers}
  embeddingSize: ${embeddingSize}
  heads: ${heads}
  feedForwardSize: ${4 * embeddingSize}
  dropout: 0.1
  finalNorm: false
  initialisation:
    embedding: 0.2
    linear: uniform

train:
  steps: ${steps} # ${why}
  # minutes: ${minutes} # instead of steps: by the clock, on any machine
  batchSize: ${batchSize}
  optimizer:
    learningRate: ${learningRate} # lower it if the loss rises or will not fall

validate:
  every: ${every}

checkpoint:
  every: ${every}

log:
  every: ${Math.max(1, Math.round(every / 10))}
`;
}
