import { attentionParameters } from './attentionText.ts';
import { each } from '../wgsl/repeat.ts';
import type { Shader } from '../../engine/shader.ts';

/** Number of queries per hull, the keys that any of their spans covers. */
export const HULL = 32;
/** Elements per note. */
export const NOTE = 4;

const ACROSS = 8; // invocations that share a query's row

/**
 * Precomputes data for the passes of attention's backward. A note per query and head: its span, its log-sum-exp and the sum of
 * dcontext * context, which equals that of dprobabilities * probabilities. A hull per HULL queries: the range of their keys.
 */
export function notesShader(
  vector: boolean,
): Shader<'spans' | 'context' | 'logSumExp' | 'dcontext' | 'notes' | 'hull', keyof typeof attentionParameters> {
  const real = vector ? 'vec4real' : 'real';
  const width = vector ? 4 : 1;
  const product = vector ? 'dot(vec4f(context[at]), vec4f(dcontext[at]))' : 'f32(context[at]) * f32(dcontext[at])';
  return {
    label: 'attentionBackward',
    inputs: { spans: 'i32', context: real, logSumExp: 'f32', dcontext: real },
    outputs: { notes: 'vec4f', hull: 'f32' },
    parameters: attentionParameters,
    workgroup: HULL * ACROSS,
    declarations: `var<workgroup> parts: array<f32, ${HULL * ACROSS}>;`,
    main: `
  let first = group % p.blocks * ${HULL}u;
  let head = group / p.blocks % p.heads;
  let sequence = group / p.blocks / p.heads;
  let row = first + lane / ${ACROSS}u;
  let x = lane % ${ACROSS}u;
  var part = 0.0;
  if (row < p.length) {
    let start = ((sequence * p.length + row) * p.stride + head * p.headSize) / ${width}u;
    for (var at = start + x; at < start + p.headSize / ${width}u; at += ${ACROSS}u) { part += ${product}; }
  }
  parts[lane] = part;
  workgroupBarrier();
  if (x == 0u && row < p.length) {
    let place = 2u * (sequence * p.length + row);
    let square = (sequence * p.heads + head) * p.length + row;
    let sum = ${each(ACROSS, (i) => `parts[lane + ${i}u]`, ' + ')};
    notes[square] = vec4f(f32(spans[place]), f32(spans[place + 1u]), logSumExp[square], sum);
  }
  if (head == 0u && lane == 0u) {
    var begin = i32(p.length);
    var stop = 0;
    for (var query = first; query < min(first + ${HULL}u, p.length); query++) {
      let place = 2u * (sequence * p.length + query);
      if (spans[place] < spans[place + 1u]) { begin = min(begin, spans[place]); stop = max(stop, spans[place + 1u]); }
    }
    let place = 2u * (sequence * p.blocks + group % p.blocks);
    hull[place] = f32(begin);
    hull[place + 1u] = f32(stop);
  }`,
  };
}
