import { HULL, notesText } from './attentionNotes.ts';
import {
  attentionParameters,
  blocksSeeing,
  keyRows,
  queryRows,
  queryText,
  readText,
  spannedMemory,
  writeText,
} from './attentionPlace.ts';
import type { AttentionParameter } from './attentionPlace.ts';
import { attentionText, keptText } from './attentionText.ts';
import { threadsOf, weightLine } from './attentionTile.ts';
import type { AttentionTile } from './attentionTile.ts';
import { dropoutMask, squareIndices } from '../wgsl/dropoutMask.ts';
import { each } from '../wgsl/repeat.ts';
import type { Shader } from '../../engine/shader.ts';

type Inputs = 'query' | 'key' | 'value' | 'dcontext' | 'notes' | 'tokens';
export type QueriesShader = Shader<Inputs | 'dquery', AttentionParameter>;
export type KeysShader = Shader<Inputs | 'dkey' | 'dvalue', AttentionParameter>;

const streamedArrays = ['query', 'key', 'value', 'dcontext'] as const;
const declared = (vector: boolean, ...outputs: readonly string[]): string =>
  `${streamedArrays.map((array) => readText(array, vector)).join('')}${outputs.map((array) => writeText(array, vector)).join('')}${queryText}${notesText}${dropoutMask}${squareIndices}`;
const inputs = (vector: boolean): QueriesShader['inputs'] => {
  const real = vector ? 'vec4real' : 'real';
  return { query: real, key: real, value: real, dcontext: real, notes: 'vec4f', tokens: 'i32' };
};

/** WGSL of the keys that a block of queries sees: its hulls'. */
export const keysSeenByHulls = (rows: number): string => `
  var begin = p.length;
  var stop = 0u;
  for (var row = firstRow - firstQuery; row < min(firstRow + ${rows}u, endRow) - firstQuery; row += ${HULL}u) {
    let hull = vec2u(notes[hullAt(sequence, row / ${HULL}u)].xy);
    begin = min(begin, hull.x);
    stop = max(stop, hull.y);
  }`;

/**
 * dquery of a block of queries, in one pass over the keys they attend to. The probabilities are recomputed from the
 * log-sum-exp; with weights w = probability * (dropout(dprobability) - delta), dquery is scale * w @ key.
 */
export function queriesShader(tile: AttentionTile, vector: boolean): QueriesShader {
  const text = attentionText(tile);
  const { across, chunks, columns, rows } = tile;
  const stream = ['firstToken + first', 'firstToken + begin', 'firstToken + stop'] as const;
  return {
    label: 'attentionBackward',
    inputs: inputs(vector),
    outputs: { dquery: vector ? 'vec4real' : 'real' },
    parameters: attentionParameters,
    workgroup: threadsOf(tile),
    typed: keptText(...streamedArrays),
    declarations: `${text.memory}${text.resident('queries')}${text.resident('dcontexts')}${declared(vector, 'dquery')}`,
    main: `${queryRows(rows)}${text.rows}
  ${text.keep('queries', 'query')}
  ${text.keep('dcontexts', 'dcontext')}
  ${keysSeenByHulls(rows)}
  ${each(4, (r) => `let row_${r} = min(rows[${r}], endRow - 1u); let note_${r} = notes[noteAt(head, row_${r})];`, '\n  ')}
  let notes4 = transpose(mat4x4f(note_0, note_1, note_2, note_3)); // starts, ends, log-sum-exps, deltas
  let squareRows = firstSquareRow + vec4u(${each(4, (r) => `tokenOf(row_${r})`, ', ')}) - firstToken;
  ${text.sums('sum')}
  for (var first = begin / ${columns}u * ${columns}u; first < stop; first += ${columns}u) {
    ${text.products('d', 'dcontexts', 'value', ...stream)}
    ${text.products('s', 'queries', 'key', ...stream)}
    ${each(
      text.scores,
      (j) => `
    let key_${j} = first + x + ${j * across}u;
    let place_${j} = vec4f(f32(key_${j}));
    let probability_${j} = select(vec4f(), exp(p.scale * s_${j} - notes4[2]), (place_${j} >= notes4[0]) & (place_${j} < notes4[1]));
    let at_${j} = indices(squareRows, vec4u(key_${j}));
    weights[(x + ${j * across}u) * ${weightLine(tile)}u + y] = dropout(probability_${j}, at_${j}.above, at_${j}.counter) * d_${j} - probability_${j} * notes4[3];`,
    )}
    ${each(
      chunks,
      // A single chunk of the keys is still in workgroup memory.
      (c) => `${chunks > 1 ? text.bring('key', c, ...stream) : ''}
      workgroupBarrier();${text.addTo('sum', c)}
      workgroupBarrier();`,
    )}
  }
  ${text.writeSums('sum', 'dquery', () => 'p.scale')}`,
  };
}

/** dkey and dvalue of a block of keys, in one pass over the blocks of queries from the first to the last that attend to them. */
export function keysShader(tile: AttentionTile, vector: boolean): KeysShader {
  const text = attentionText(tile);
  const { across, chunks, columns, rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const weight = (j: number): string => `weights[(x + ${j * across}u) * ${weightLine(tile)}u + y]`;
  const threads = threadsOf(tile);
  const stream = ['first', 'firstQuery', 'endQuery'] as const;
  return {
    label: 'attentionBackward',
    inputs: inputs(vector),
    outputs: { dkey: real, dvalue: real },
    parameters: attentionParameters,
    workgroup: threads,
    typed: keptText(...streamedArrays),
    declarations: `${text.memory}${text.resident('keys')}${text.resident('values')}${spannedMemory}${declared(vector, 'dkey', 'dvalue')}`,
    main: `${keyRows(rows)}${text.rows}
  ${text.keep('keys', 'key')}
  ${text.keep('values', 'value')}
  ${blocksSeeing(rows, threads, HULL)}
  let places = vec4f(rows - firstToken);
  ${text.sums('dk')}
  ${text.sums('dv')}
  for (var first = firstQuery + ${HULL}u * blocks.x; first < min(firstQuery + ${HULL}u * blocks.y, endQuery); first += ${columns}u) {
    ${text.products('s', 'keys', 'query', ...stream)}
    ${each(
      text.scores,
      (j) => `
    let query_${j} = min(first + x + ${j * across}u, endQuery - 1u);
    let note_${j} = notes[noteAt(head, query_${j})];
    let seen_${j} = (places >= vec4f(note_${j}.x)) & (places < vec4f(note_${j}.y)) & vec4<bool>(first + x + ${j * across}u < endQuery);
    let probability_${j} = select(vec4f(), exp(p.scale * s_${j} - note_${j}.z), seen_${j});
    let at_${j} = indices(vec4u(firstSquareRow + tokenOf(query_${j}) - firstToken), rows - firstToken);
    let dropped_${j} = dropout(probability_${j}, at_${j}.above, at_${j}.counter);
    ${weight(j)} = dropped_${j};`,
    )}
    ${each(text.scores, (j) => `var d_${j} = vec4f();`, ' ')}
    ${each(
      chunks,
      (c) => `${text.bring('dcontext', c, ...stream)}
      workgroupBarrier();${text.product('d', 'values', c)}${text.addTo('dv', c)}
      workgroupBarrier();`,
    )}
    ${each(text.scores, (j) => `${weight(j)} = dropped_${j} * d_${j} - probability_${j} * note_${j}.w;`)}
    ${each(
      chunks,
      (c) => `${text.bring('query', c, ...stream)}
      workgroupBarrier();${text.addTo('dk', c)}
      workgroupBarrier();`,
    )}
  }
  ${text.writeSums('dk', 'dkey', () => 'p.scale')}
  ${text.writeSums('dv', 'dvalue', () => '1.0')}`,
  };
}
