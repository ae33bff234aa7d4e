import { attentionParameters, placeText, queryText } from './attentionPlace.ts';
import type { AttentionParameter } from './attentionPlace.ts';
import { each } from '../wgsl/repeat.ts';
import type { Shader } from '../../engine/shader.ts';

/** Number of queries per hull, the keys that any of their spans covers. */
export const HULL = 32;

const ACROSS = 8; // invocations that share a query's row

/**
 * WGSL of where things are in \`notes\`: a note per query and head, its span, its log-sum-exp and the sum of dcontext * context, which
 * equals that of dprobabilities * probabilities; then a hull per HULL queries of a sequence.
 */
export const notesText = `
fn noteAt(head: u32, query: u32) -> u32 { return head * p.queries + query; }
fn hullAt(sequence: u32, block: u32) -> u32 { return p.heads * p.queries + sequence * ((p.length + ${HULL - 1}u) / ${HULL}u) + block; }
`;
/** Number of vectors of four that the notes take. */
export const notesSize = (p: Record<'batch' | 'heads' | 'length', number>, queries: number): number =>
  p.heads * queries + p.batch * Math.ceil(p.length / HULL);

/** Precomputes the notes for the passes of attention's backward. */
export function notesShader(
  vector: boolean,
): Shader<'spans' | 'tokens' | 'context' | 'logSumExp' | 'dcontext' | 'notes', AttentionParameter> {
  const real = vector ? 'vec4real' : 'real';
  const width = vector ? 4 : 1;
  const product = vector ? 'dot(vec4f(context[at]), vec4f(dcontext[at]))' : 'f32(context[at]) * f32(dcontext[at])';
  return {
    label: 'attentionBackward',
    inputs: { spans: 'i32', tokens: 'i32', context: real, logSumExp: 'f32', dcontext: real },
    outputs: { notes: 'vec4f' },
    parameters: attentionParameters,
    workgroup: HULL * ACROSS,
    declarations: `var<workgroup> parts: array<f32, ${HULL * ACROSS}>;${queryText}${notesText}`,
    main: `${placeText}
  let first = firstQuery + group % p.blocks * ${HULL}u;
  if (first >= endQuery) { return; }
  let row = first + lane / ${ACROSS}u;
  let x = lane % ${ACROSS}u;
  var part = 0.0;
  if (row < endQuery) {
    let start = (row * p.stride + column) / ${width}u;
    for (var at = start + x; at < start + p.headSize / ${width}u; at += ${ACROSS}u) { part += ${product}; }
  }
  parts[lane] = part;
  workgroupBarrier();
  if (x == 0u && row < endQuery) {
    let token = tokenOf(row);
    let sum = ${each(ACROSS, (i) => `parts[lane + ${i}u]`, ' + ')};
    notes[noteAt(head, row)] = vec4f(f32(spans[2u * token]), f32(spans[2u * token + 1u]), logSumExp[sumAt(head, row, firstSquareRow + token - firstToken)], sum);
  }
  if (head == 0u && lane == 0u) {
    var begin = i32(p.length);
    var stop = 0;
    for (var query = first; query < min(first + ${HULL}u, endQuery); query++) {
      let place = 2u * tokenOf(query);
      if (spans[place] < spans[place + 1u]) { begin = min(begin, spans[place]); stop = max(stop, spans[place + 1u]); }
    }
    notes[hullAt(sequence, group % p.blocks)] = vec4f(f32(begin), f32(stop), 0.0, 0.0);
  }`,
  };
}
