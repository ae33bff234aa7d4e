import type { ForwardShader } from './attentionForward.ts';
import {
  attentionParameters,
  keysSeen,
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

/**
 * Context and log-sum-exp of a block of queries of one head. Sums in matrix units cannot be rescaled row by row, so a first pass over
 * the keys computes each row's largest score and its total, and a second the scores again and the sums. A row's total is that of eight
 * sums, each of every eighth vector of its scores.
 */
export function matrixForward(tile: AttentionMatrixTile, unit: MatrixUnit, headSize: number): ForwardShader {
  const vector = headSize % 4 === 0;
  const text = matrixText(tile, unit, widthOf(headSize));
  const { rows } = tile;
  const real = vector ? 'vec4real' : 'real';
  const quads = COLUMNS / 4;
  const stream = ['firstToken + first', 'firstToken + seen.x', 'firstToken + seen.y'] as const;
  const loop = `for (var first = seen.x / ${COLUMNS}u * ${COLUMNS}u; first < seen.y; first += ${COLUMNS}u)`;
  const scores = `${text.bring('key', ...stream)}
    workgroupBarrier();${text.product('queries')}
    workgroupBarrier();
    let keys = vec4i(i32(first + 4u * e)) + vec4i(0, 1, 2, 3);`;
  return {
    label: 'attention',
    inputs: { query: real, key: real, value: real, spans: 'i32', tokens: 'i32' },
    outputs: { context: real, logSumExp: 'f32' },
    parameters: attentionParameters,
    workgroup: text.threads,
    ...(unit.fixed && { subgroup: unit.subgroup }),
    declarations: `${text.memory}${text.resident('queries')}${spannedMemory}
var<workgroup> stats: array<vec2f, ${rows}>; // the largest score, and the total
${['query', 'key', 'value'].map((array) => readText(array, vector)).join('')}${writeText('context', vector)}${queryText}${dropoutMask}${squareIndices}
fn inverse(total: f32) -> f32 { if (total > 0.0) { return 1.0 / total; } return 0.0; }
fn most(values: vec4f) -> f32 { return max(max(values.x, values.y), max(values.z, values.w)); }
`,
    main: `${queryRows(rows)}${text.begin}
  ${text.keep('queries', 'query')}
  ${keysSeen(rows, text.threads)}
  ${text.rows((u) => `let token_${u} = tokenOf(min(row_${u}, endRow - 1u)); let start_${u} = spans[2u * token_${u}]; let end_${u} = spans[2u * token_${u} + 1u];`)}
  ${text.rows((u) => `var largest_${u} = -3.4e38; var total_${u} = vec4f();`)}
  ${loop} {
    ${scores}
    ${text.rows(
      (u, scores) => `
    let score_${u} = p.scale * ${scores};
    let seen_${u} = (keys >= vec4i(start_${u})) & (keys < vec4i(end_${u}));
    let top_${u} = max(largest_${u}, most(select(vec4f(-3.4e38), score_${u}, seen_${u})));
    total_${u} = total_${u} * exp(largest_${u} - top_${u}) + select(vec4f(), exp(score_${u} - top_${u}), seen_${u});
    largest_${u} = top_${u};`,
    )}
  }
  workgroupBarrier();
  ${text.rows((u) => `scores[2u * (line_${u} * ${quads}u + e)] = largest_${u}; scores[2u * (line_${u} * ${quads}u + e) + 1u] = total_${u}.x + total_${u}.y + total_${u}.z + total_${u}.w;`)}
  workgroupBarrier();
  if (lane < ${rows}u) {
    var top = -3.4e38;
    for (var i = 0u; i < ${quads}u; i++) { top = max(top, scores[2u * (lane * ${quads}u + i)]); }
    var total = 0.0;
    for (var i = 0u; i < ${quads}u; i++) {
      let at = 2u * (lane * ${quads}u + i);
      total += scores[at + 1u] * exp(scores[at] - top);
    }
    stats[lane] = vec2f(top, total);
    let row = firstRow + lane;
    if (row < endRow) {
      logSumExp[sumAt(head, row, firstSquareRow + tokenOf(row) - firstToken)] = select(0.0, top + log(total), total > 0.0);
    }
  }
  workgroupBarrier();

  ${text.sums('sum')}
  ${loop} {
    ${scores}
    ${text.rows(
      (u, scores) => `
    let seen_${u} = (keys >= vec4i(start_${u})) & (keys < vec4i(end_${u}));
    let probability_${u} = select(vec4f(), exp(p.scale * ${scores} - stats[line_${u}].x), seen_${u});
    let at_${u} = indices(vec4u(firstSquareRow + token_${u} - firstToken), vec4u(keys));
    let dropped_${u} = dropout(probability_${u}, at_${u}.above, at_${u}.counter);
    ${text.putWeights(u, `dropped_${u}`)}`,
    )}
    ${text.bring('value', ...stream)}
    workgroupBarrier();${text.addTo('sum')}
    workgroupBarrier();
  }
  ${text.writeSums('sum', 'context', 'inverse(stats[line].y)')}`,
  };
}
