import { HULL, notesShader } from './attentionNotes.ts';
import { attentionParameters, attentionText } from './attentionText.ts';
import { each } from '../wgsl/repeat.ts';
import { threadsOf, weightLine } from './attentionTile.ts';
import type { AttentionTile } from './attentionTile.ts';
import { dropoutMask, squareIndices } from '../wgsl/dropoutMask.ts';
import type { Queue } from '../../engine/queue.ts';
import type { Shader } from '../../engine/shader.ts';

type Inputs = 'query' | 'key' | 'value' | 'dcontext' | 'notes' | 'hull';
type Names = keyof typeof attentionParameters;

/**
 * dquery of a block of queries, in one pass over the keys they attend to. The probabilities are recomputed from the
 * log-sum-exp; with weights w = probability * (dropout(dprobability) - delta), dquery is scale * w @ key.
 */
function queriesShader(tile: AttentionTile, vector: boolean): Shader<Inputs | 'dquery', Names> {
  const text = attentionText(tile, vector);
  const { across, chunks, columns } = tile;
  const real = vector ? 'vec4real' : 'real';
  return {
    label: 'attentionBackward',
    inputs: { query: real, key: real, value: real, dcontext: real, notes: 'vec4f', hull: 'f32' },
    outputs: { dquery: real },
    parameters: attentionParameters,
    workgroup: threadsOf(tile),
    declarations: `${text.memory}${text.resident('queries')}${text.resident('dcontexts')}
${['query', 'key', 'value', 'dcontext'].map(text.read).join('')}${text.write('dquery')}${dropoutMask}${squareIndices}`,
    main: `${text.place}
  ${text.keep('queries', 'query', 'p.scale')}
  ${text.keep('dcontexts', 'dcontext')}
  let hullAt = 2u * (sequence * ((p.length + ${HULL - 1}u) / ${HULL}u) + firstRow / ${HULL}u);
  let begin = u32(hull[hullAt]);
  let stop = u32(hull[hullAt + 1u]);
  ${each(4, (r) => `let note_${r} = notes[firstSquareRow + min(rows[${r}], p.length - 1u)];`, '\n  ')}
  let notes4 = transpose(mat4x4f(note_0, note_1, note_2, note_3)); // starts, ends, log-sum-exps, deltas
  ${text.sums('sum')}
  for (var first = begin; first < stop; first += ${columns}u) {
    ${text.products('d', 'dcontexts', 'value', 'first', 'begin', 'stop')}
    ${text.products('s', 'queries', 'key', 'first', 'begin', 'stop')}
    ${each(
      text.scores,
      (j) => `
    let key_${j} = first + x + ${j * across}u;
    let place_${j} = vec4f(f32(key_${j}));
    let probability_${j} = select(vec4f(), exp(s_${j} - notes4[2]), (place_${j} >= notes4[0]) & (place_${j} < notes4[1]));
    let at_${j} = indices(firstSquareRow + rows, vec4u(key_${j}));
    weights[(x + ${j * across}u) * ${weightLine(tile)}u + y] = dropout(probability_${j}, at_${j}.above, at_${j}.counter) * d_${j} - probability_${j} * notes4[3];`,
    )}
    ${each(
      chunks,
      // A single chunk of the keys is still in workgroup memory.
      (c) => `${chunks > 1 ? text.bring('key', c, 'first', 'begin', 'stop') : ''}
      workgroupBarrier();${text.addTo('sum', c)}
      workgroupBarrier();`,
    )}
  }
  ${text.writeSums('sum', 'dquery', () => 'p.scale')}`,
  };
}

/** dkey and dvalue of a block of keys, in one pass over the blocks of queries from the first to the last that attend to them. */
function keysShader(tile: AttentionTile, vector: boolean): Shader<Inputs | 'dkey' | 'dvalue', Names> {
  const text = attentionText(tile, vector);
  const { across, chunks, columns, rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const weight = (j: number): string => `weights[(x + ${j * across}u) * ${weightLine(tile)}u + y]`;
  return {
    label: 'attentionBackward',
    inputs: { query: real, key: real, value: real, dcontext: real, notes: 'vec4f', hull: 'f32' },
    outputs: { dkey: real, dvalue: real },
    parameters: attentionParameters,
    workgroup: threadsOf(tile),
    declarations: `${text.memory}${text.resident('keys')}${text.resident('values')}
var<workgroup> beforeFirst: atomic<u32>; // blocks of queries that are no longer to be looked at, from the end
var<workgroup> afterLast: atomic<u32>;
var<workgroup> range: vec2u;
${['query', 'key', 'value', 'dcontext'].map(text.read).join('')}${text.write('dkey')}${text.write('dvalue')}${dropoutMask}${squareIndices}`,
    main: `${text.place}
  ${text.keep('keys', 'key', 'p.scale')}
  ${text.keep('values', 'value')}

  // Which blocks of queries see any of these keys. Integers: their order does not matter.
  let hulls = (p.length + ${HULL - 1}u) / ${HULL}u;
  for (var block = lane; block < hulls; block += ${threadsOf(tile)}u) {
    let at = 2u * (sequence * hulls + block);
    if (u32(hull[at]) < firstRow + ${rows}u && u32(hull[at + 1u]) > firstRow) {
      atomicMax(&beforeFirst, hulls - block);
      atomicMax(&afterLast, block + 1u);
    }
  }
  workgroupBarrier();
  if (lane == 0u) {
    range = vec2u((hulls - atomicLoad(&beforeFirst)) * ${HULL}u, min(atomicLoad(&afterLast) * ${HULL}u, p.length));
  }
  let queries = workgroupUniformLoad(&range);

  let places = vec4f(rows);
  ${text.sums('dk')}
  ${text.sums('dv')}
  for (var first = queries.x; first < queries.y; first += ${columns}u) {
    ${text.products('s', 'keys', 'query', 'first', 'queries.x', 'queries.y')}
    ${each(
      text.scores,
      (j) => `
    let query_${j} = first + x + ${j * across}u;
    let note_${j} = notes[firstSquareRow + min(query_${j}, p.length - 1u)];
    let seen_${j} = (places >= vec4f(note_${j}.x)) & (places < vec4f(note_${j}.y)) & vec4<bool>(query_${j} < queries.y);
    let probability_${j} = select(vec4f(), exp(s_${j} - note_${j}.z), seen_${j});
    let at_${j} = indices(vec4u(firstSquareRow + query_${j}), rows);
    let dropped_${j} = dropout(probability_${j}, at_${j}.above, at_${j}.counter);
    ${weight(j)} = dropped_${j};`,
    )}
    ${each(text.scores, (j) => `var d_${j} = vec4f();`, ' ')}
    ${each(
      chunks,
      (c) => `${text.bring('dcontext', c, 'first', 'queries.x', 'queries.y')}
      workgroupBarrier();${text.product('d', 'values', c)}${text.addTo('dv', c)}
      workgroupBarrier();`,
    )}
    ${each(text.scores, (j) => `${weight(j)} = dropped_${j} * d_${j} - probability_${j} * note_${j}.w;`)}
    ${each(
      chunks,
      (c) => `${text.bring('query', c, 'first', 'queries.x', 'queries.y')}
      workgroupBarrier();${text.addTo('dk', c)}
      workgroupBarrier();`,
    )}
  }
  ${text.writeSums('dk', 'dkey', () => 'p.scale')}
  ${text.writeSums('dv', 'dvalue', () => '1.0')}`,
  };
}

/** The three passes of attention's backward. Each workgroup owns the gradients it writes, so none are added up across workgroups. */
export function attentionBackwardShaders(queue: Queue, tile: AttentionTile, vector: boolean) {
  return {
    note: queue.shader(notesShader(vector)),
    queries: queue.shader(queriesShader(tile, vector)),
    keys: queue.shader(keysShader(tile, vector)),
  };
}
