import { Bert } from '../../bert/Bert.ts';
import type { MaskedInput } from '../../bert/Bert.ts';
import { isLocal, reachOf } from '../../bert/localBlocks.ts';
import type { ModelOptions } from '../../bert/options.ts';
import { pairsOf } from '../../kernels/cost.ts';
import { dryRun } from './dryRun.ts';
import type { StepChoice, StepCost } from './dryRun.ts';

export interface BoxSummary {
  /** The box's name in the diagram. */
  readonly box: string;
  /** How many there are; the numbers are of all together. */
  readonly count: number;
  readonly parameters: number;
  /** Multiplications and additions of a training step: forward and twice that backward. */
  readonly flops: number;
}

export interface Summary {
  readonly boxes: readonly BoxSummary[];
  readonly parameters: number;
  readonly step: StepCost;
}

/** Parameters and FLOPs box by box, and what a step takes, for batches shaped like `batch`. */
export function summarise(options: ModelOptions, batch: MaskedInput, choice?: StepChoice): Summary {
  const { parameters } = new Bert(options);
  const tokens = batch.ids.length;
  const masked = batch.labels.length;
  const { layers, embeddingSize } = options;
  const tied = options.decoder === 'tied' ? options.vocabSize * embeddingSize : 0;
  const predicted = new RegExp(`^decoder|^encoder\\.TF\\.${layers - 1}\\.(Attention\\.(LLQ|LLO)|FFN)`); // what sees only the predicted positions
  const inBlocks = (name: string): BoxSummary =>
    box(
      name,
      new RegExp(`^encoder\\.TF\\.\\d+\\.${name}\\.`),
      name === 'LN1' && !options.firstNorm ? layers - 1 : layers,
    );
  const boxes = [
    { ...box('Embedding', /^encoder\.Embedding/), flops: 0 },
    ...['LN1', 'Attention', 'LN2', 'FFN'].map(inBlocks),
    ...(options.finalNorm ? [box('LN', /^encoder\.LN/)] : []),
    box('BertDecoder', /^decoder/),
  ];
  const { flops } = dryRun(options, batch); // the model's: neither what is recomputed nor what the optimizer multiplies
  const step = { ...dryRun(options, batch, choice), flops };
  return { boxes: boxes.map(withProducts), parameters: parameters.size, step };

  /** The parameters whose names match; each of the matrices is multiplied with rows, forward and back. */
  function box(name: string, names: RegExp, count = 1): BoxSummary {
    const own = parameters.all.filter((parameter) => names.test(parameter.name));
    const matrices = own.filter(({ shape }) => shape.length === 2);
    const rows = (of: string): number => (predicted.test(of) ? masked : tokens);
    return {
      box: name,
      count,
      parameters: own.reduce((total, { size }) => total + size, 0),
      flops: matrices.reduce((total, matrix) => total + 6 * rows(matrix.name) * matrix.size, 0),
    };
  }

  /** Adds the products that have no parameters of their own: scores and context, and the tied decoder's. */
  function withProducts(summary: BoxSummary): BoxSummary {
    if (summary.box === 'Attention') {
      const pairs = Array.from({ length: layers }, (_, block) => pairsIn(block)).reduce(
        (total, each) => total + each,
        0,
      );
      return { ...summary, flops: summary.flops + 12 * pairs * embeddingSize };
    }
    if (summary.box === 'BertDecoder') return { ...summary, flops: summary.flops + 6 * masked * tied };
    return summary;
  }
  /** The pairs of a query and a key that a block's attention multiplies; the last block has only the predicted tokens as queries. */
  function pairsIn(block: number): number {
    const reach = isLocal(options, block) ? reachOf(options) : Infinity;
    const spans = batch.spans.map((end, i) => {
      const place = (i >> 1) % batch.length;
      return i % 2 === 0 ? Math.max(end, place - reach) : Math.min(end, place + reach + 1);
    });
    return pairsOf(spans, block === layers - 1 ? batch.positions : undefined);
  }
}
