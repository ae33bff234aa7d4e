import { join } from 'node:path';
import { resolveConfig } from '../../src/train/config/resolveConfig.ts';
import type { Start } from '../../src/train/opening.node.ts';
import { pretrain } from '../../src/train/pretrain.node.ts';
import { quietView } from '../../src/train/quietView.ts';
import type { PretrainView, RunFacts } from '../../src/train/pretrainView.ts';
import { temporaryFolder } from '../temporaryFolder.ts';

const words =
  'the a king queen rules over land sea and people with grace every day while birds sing loudly in old trees'.split(
    ' ',
  );
const documents = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 40 }, (_, j) => words[(i + j) % words.length]).join(' '),
);

/** A view that shows nothing but what it is told to begin with. */
export function silentView(begun: (facts: RunFacts) => void = () => {}): PretrainView {
  return { ...quietView, begin: begun };
}

/** A folder in which a small run was trained on this machine's processor: `corpus.txt`, and `run` with checkpoints of steps 5, 10, 15 and 20. */
export async function trainedRun(settings: readonly string[] = []): Promise<string> {
  const folder = temporaryFolder({ 'corpus.txt': documents.join('\n\n') });
  await train(folder, settings);
  return folder;
}

/** Trains or goes on with the run of a folder. */
export async function train(
  folder: string,
  settings: readonly string[],
  start: boolean | Start = false,
  begun?: (facts: RunFacts) => void,
): Promise<void> {
  const place = (name: string): string => JSON.stringify(join(folder, name));
  const config = `
out: ${place('run')}
device: cpu
cpu: { threads: 1, products: wasm }
data: { corpus: [${place('corpus.txt')}], cache: ${place('cache')}, documents: blank-line, validation: 0.1, sequenceLength: 16, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: 20, batchSize: 8, optimizer: { learningRate: 1e-2 } }
validate: { every: 10, batches: 2 }
checkpoint: { every: 5, keep: 100 }
`;
  await pretrain(
    resolveConfig(config, 'x.yaml', settings),
    typeof start === 'boolean' ? { resume: start } : start,
    silentView(begun),
  );
}
