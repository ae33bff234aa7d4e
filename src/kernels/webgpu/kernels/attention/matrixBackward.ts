import { keysSeenByHulls } from './attentionBackward.ts';
import type { KeysShader, QueriesShader } from './attentionBackward.ts';
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
import type { MatrixUnit } from '../matmul/matrixTile.ts';
import { COLUMNS, widthOf } from './matrixTile.ts';
import type { AttentionMatrixTile } from './matrixTile.ts';
import { matrixText } from './matrixText.ts';
import { dropoutMask, squareIndices } from '../wgsl/dropoutMask.ts';
import { each } from '../wgsl/repeat.ts';

const declared = (vector: boolean, ...outputs: readonly string[]): string =>
  `${['query', 'key', 'value', 'dcontext'].map((array) => readText(array, vector)).join('')}${outputs.map((array) => writeText(array, vector)).join('')}${queryText}${notesText}${dropoutMask}${squareIndices}`;

/** dquery of a block of queries on matrix units, computed as the shader without them does. */
export function matrixQueries(tile: AttentionMatrixTile, unit: MatrixUnit, headSize: number): QueriesShader {
  const vector = headSize % 4 === 0;
  const text = matrixText(tile, unit, widthOf(headSize));
  const { rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const stream = ['firstToken + first', 'firstToken + begin', 'firstToken + stop'] as const;
  return {
    label: 'attentionBackward',
    inputs: { query: real, key: real, value: real, dcontext: real, notes: 'vec4f', tokens: 'i32' },
    outputs: { dquery: real },
    parameters: attentionParameters,
    workgroup: text.threads,
    ...(unit.fixed && { subgroup: unit.subgroup }),
    declarations: `${text.memory}${text.resident('queries')}${text.resident('dcontexts')}${declared(vector, 'dquery')}`,
    main: `${queryRows(rows)}${text.begin}
  ${text.keep('queries', 'query')}
  ${text.keep('dcontexts', 'dcontext')}
  ${keysSeenByHulls(rows)}
  ${text.rows((u) => `let query_${u} = min(row_${u}, endRow - 1u); let note_${u} = notes[noteAt(head, query_${u})]; let squareRow_${u} = firstSquareRow + tokenOf(query_${u}) - firstToken;`)}
  ${text.sums('sum')}
  for (var first = begin / ${COLUMNS}u * ${COLUMNS}u; first < stop; first += ${COLUMNS}u) {
    let keys = vec4u(first + 4u * e) + vec4u(0u, 1u, 2u, 3u);
    ${text.bring('value', ...stream)}
    workgroupBarrier();${text.product('dcontexts')}
    workgroupBarrier();
    ${text.rows((u, scores) => `let d_${u} = ${scores};`)}
    ${text.bring('key', ...stream)}
    workgroupBarrier();${text.product('queries')}
    workgroupBarrier();
    ${text.rows(
      (u, scores) => `
    let seen_${u} = (vec4f(keys) >= vec4f(note_${u}.x)) & (vec4f(keys) < vec4f(note_${u}.y));
    let probability_${u} = select(vec4f(), exp(p.scale * ${scores} - note_${u}.z), seen_${u});
    let at_${u} = indices(vec4u(squareRow_${u}), keys);
    let weight_${u} = dropout(probability_${u}, at_${u}.above, at_${u}.counter) * d_${u} - probability_${u} * note_${u}.w;
    ${text.putWeights(u, `weight_${u}`)}`,
    )}
    workgroupBarrier();${text.addTo('sum')}
    workgroupBarrier();
  }
  ${text.writeSums('sum', 'dquery', 'p.scale')}`,
  };
}

/** dkey and dvalue of a block of keys on matrix units, likewise. */
export function matrixKeys(tile: AttentionMatrixTile, unit: MatrixUnit, headSize: number): KeysShader {
  const vector = headSize % 4 === 0;
  const text = matrixText(tile, unit, widthOf(headSize));
  const { rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const stream = ['first', 'firstQuery', 'endQuery'] as const;
  return {
    label: 'attentionBackward',
    inputs: { query: real, key: real, value: real, dcontext: real, notes: 'vec4f', tokens: 'i32' },
    outputs: { dkey: real, dvalue: real },
    parameters: attentionParameters,
    workgroup: text.threads,
    ...(unit.fixed && { subgroup: unit.subgroup }),
    declarations: `${text.memory}${text.resident('keys')}${text.resident('values')}${spannedMemory}${declared(vector, 'dkey', 'dvalue')}`,
    main: `${keyRows(rows)}${text.begin}
  ${text.keep('keys', 'key')}
  ${text.keep('values', 'value')}
  ${blocksSeeing(rows, text.threads, HULL)}
  ${text.sums('dk')}
  ${text.sums('dv')}
  for (var first = firstQuery + ${HULL}u * blocks.x; first < min(firstQuery + ${HULL}u * blocks.y, endQuery); first += ${COLUMNS}u) {
    let queries = vec4u(first + 4u * e) + vec4u(0u, 1u, 2u, 3u);
    ${each(4, (i) => `let query_${i} = min(queries[${i}], endQuery - 1u); let note_${i} = notes[noteAt(head, query_${i})];`, '\n    ')}
    let notes4 = transpose(mat4x4f(note_0, note_1, note_2, note_3)); // starts, ends, log-sum-exps, deltas
    let squareRows = firstSquareRow + vec4u(${each(4, (i) => `tokenOf(query_${i})`, ', ')}) - firstToken;
    ${text.bring('query', ...stream)}
    workgroupBarrier();${text.product('keys')}
    workgroupBarrier();
    ${text.rows(
      (u, scores) => `
    let place_${u} = row_${u} - firstToken;
    let seen_${u} = (vec4f(f32(place_${u})) >= notes4[0]) & (vec4f(f32(place_${u})) < notes4[1]) & (queries < vec4u(endQuery));
    let probability_${u} = select(vec4f(), exp(p.scale * ${scores} - notes4[2]), seen_${u});
    let at_${u} = indices(squareRows, vec4u(place_${u}));
    let dropped_${u} = dropout(probability_${u}, at_${u}.above, at_${u}.counter);
    ${text.putWeights(u, `dropped_${u}`)}`,
    )}
    ${text.bring('dcontext', ...stream)}
    workgroupBarrier();${text.product('values')}${text.addTo('dv')}
    workgroupBarrier();
    ${text.rows(
      (u, scores) => `
    let weight_${u} = dropped_${u} * ${scores} - probability_${u} * notes4[3];
    ${text.putWeights(u, `weight_${u}`)}`,
    )}
    ${text.bring('query', ...stream)}
    workgroupBarrier();${text.addTo('dk')}
    workgroupBarrier();
  }
  ${text.writeSums('dk', 'dkey', 'p.scale')}
  ${text.writeSums('dv', 'dvalue', '1.0')}`,
  };
}
