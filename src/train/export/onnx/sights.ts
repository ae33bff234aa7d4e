import { isLocal, reachOf } from '../../../bert/localBlocks.ts';
import type { ModelOptions } from '../../../bert/options.ts';
import { rotaryAngles } from '../../../bert/rotaryAngles.ts';
import { FLOAT16 } from './graph.ts';
import type { Graph } from './graph.ts';
import type { Weights } from './weights.ts';

/** Which keys the queries of a block see, and from where. */
export interface Sight {
  /** Added to scores: 0, or the least number. (B, 1, 1, L), or (B, 1, L, L) with a window */
  readonly mask: string;
  /** Of rotary positions, for each element of a head: (L, HS) cosines, and sines with the signs of their halves. */
  readonly angles: { readonly cosines: string; readonly sines: string } | undefined;
}

/**
 * What the blocks of a model see, by their numbers.
 * @param ids (B, L), int64
 * @param attentionMask (B, L), int64: 0 for padding
 */
export function sights(
  graph: Graph,
  weights: Weights,
  options: ModelOptions,
  ids: string,
  attentionMask: string,
): (block: number) => Sight {
  const length = graph.add('Shape', [ids], { start: 1, end: 2 }); // (1)
  const padding = least(graph, graph.add('Sub', [graph.integers(1), unsqueezed(graph, attentionMask, 1, 2)]));
  const found = new Map<boolean, Sight>();
  const make = (local: boolean): Sight => ({
    mask: local ? graph.add('Min', [padding, beyondReach(graph, options, length)]) : padding,
    angles:
      options.positions === 'rotary'
        ? anglesOf(graph, weights, options, local ? options.localRotaryBase : options.rotaryBase, length)
        : undefined,
  });
  return (block) => {
    const local = isLocal(options, block);
    const sight = found.get(local) ?? make(local);
    found.set(local, sight);
    return sight;
  };
}

const unsqueezed = (graph: Graph, x: string, ...axes: number[]): string =>
  graph.add('Unsqueeze', [x, graph.integers(...axes)]);

/** The least number wherever `hidden` is 1, and 0 where it is 0: not infinity, by which a text of padding alone would become NaN. */
function least(graph: Graph, hidden: string): string {
  const number = graph.scalar(graph.float === FLOAT16 ? -65504 : -3.4028234663852886e38);
  return graph.add('Mul', [graph.add('Cast', [hidden], { to: graph.float }), number]);
}

/** (L, L): the least number where a key is farther away than a window reaches. */
function beyondReach(graph: Graph, options: ModelOptions, length: string): string {
  const all = graph.integers(...Array(options.maxLength).keys());
  const places = graph.add('Slice', [all, graph.integers(0), length, graph.integers(0)]); // (L)
  const between = graph.add('Sub', [unsqueezed(graph, places, 1), unsqueezed(graph, places, 0)]); // (L, L)
  return least(graph, graph.add('Greater', [graph.add('Abs', [between]), graph.integers(reachOf(options))]));
}

function anglesOf(
  graph: Graph,
  weights: Weights,
  { maxLength, embeddingSize, heads }: ModelOptions,
  base: number,
  length: string,
): Sight['angles'] {
  const headSize = embeddingSize / heads;
  const half = headSize / 2;
  const table = (name: string, of: (row: Float64Array, i: number) => number): string => {
    const make = (): Float64Array => {
      const angles = rotaryAngles(maxLength, headSize, base);
      return angles.map((_, i) => of(angles.subarray(i - (i % headSize)), i % headSize));
    };
    const whole = weights.fixed(graph, `encoder.Rotary.${name}.${base}`, [maxLength, headSize], make);
    return graph.add('Slice', [whole, graph.integers(0), length, graph.integers(0)]); // (L, HS)
  };
  return {
    cosines: table('cosines', (row, i) => row[i % half]),
    sines: table('sines', (row, i) => (i < half ? -row[half + i] : row[i])),
  };
}

/** The points (x[i], x[i + HS/2]) of each head turned by the angles of their rows. @param x (B, HC, L, HS) */
export function rotated(
  graph: Graph,
  x: string,
  { cosines, sines }: NonNullable<Sight['angles']>,
  headSize: number,
): string {
  const [first, second] = halvesOf(graph, x, headSize);
  const swapped = graph.add('Concat', [second, first], { axis: -1 });
  return graph.add('Add', [graph.add('Mul', [x, cosines]), graph.add('Mul', [swapped, sines])]);
}

/** The two halves of the last axis, which is `columns` long. */
export function halvesOf(graph: Graph, x: string, columns: number): [first: string, second: string] {
  const part = (from: number, to: number): string =>
    graph.add('Slice', [x, graph.integers(from), graph.integers(to), graph.integers(-1)]);
  return [part(0, columns / 2), part(columns / 2, columns)];
}
