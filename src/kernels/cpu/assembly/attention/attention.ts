// Attention without its (length x length) arrays (Dao et al. 2022).
import {
  clearRows,
  computeScores,
  dropScores,
  exponentials,
  firstDrawn,
  firstKey,
  firstQuery,
  keyPlace,
  keys,
  logSumExpOf,
  product,
  queries,
  queryPlace,
  scoreRow,
  takeBlock,
  width,
} from './attentionBlock';
import { draw } from '../dropoutMask';
import { AttentionBlock } from '../jobs.generated';
import { passes, scratch } from '../memory/job';
import { softmaxRows } from '../nativeRows';
import { log } from '../arithmetic/log';
import { DRAWN, DRAWN_FLOATS, SCORES } from '../memory/scratch';
import { largestOf } from '../arithmetic/vector';

/** context = dropout(softmax(scores)) @ value: chunk (block, head) */
export function attention(chunk: i32): void {
  takeBlock(chunk / AttentionBlock.heads, chunk % AttentionBlock.heads);
  const context = queryPlace(AttentionBlock.context, firstQuery);
  if (keys == 0) {
    clearRows(context, queries);
    memory.fill(logSumExpOf(firstQuery), 0, 4 * <usize>queries);
    return;
  }
  computeScores();
  const scores = scratch() + SCORES;
  const row = scoreRow();
  if (passes()) nativeProbabilities(scores, row);
  else
    for (let query = firstQuery; query < firstQuery + queries; query++) {
      const place = scores + 4 * <usize>((query - firstQuery) * row);
      store<f32>(logSumExpOf(query), probabilities(place, firstDrawn(query)));
    }
  const value = keyPlace(AttentionBlock.value, firstKey);
  product(false, false, queries, AttentionBlock.headSize, keys, scores, row, value, width(), false, context, width());
}

/** Turns rows of scores into probabilities after dropout by machine code, and stores log(sum(exp(scale * scores))). */
function nativeProbabilities(scores: usize, row: i32): void {
  const results = scratch() + DRAWN;
  softmaxRows(scores, 4 * row, queries, keys, AttentionBlock.scale, results);
  for (let i = 0; i < queries; i++) {
    const at = results + 8 * <usize>i;
    store<f32>(logSumExpOf(firstQuery + i), logSumExp(load<f32>(at), load<f32>(at, 4)));
  }
  dropScores(scores);
}

function logSumExp(largest: f32, sum: f32): f32 {
  return largest + <f32>log(<f64>sum);
}

/** Turns a row of scores into probabilities after dropout, the first with element `first` of the mask; returns log(sum(exp(scale * scores))). */
function probabilities(scores: usize, first: u64): f32 {
  const largest = AttentionBlock.scale * largestOf(scores, keys);
  const sum = exponentials(scores, largest);
  const inverse = f32x4.splat(1 / sum);
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = scores + 4 * <usize>i;
      v128.store(at, f32x4.mul(f32x4.mul(v128.load(at), inverse), v128.load(factors)));
    }
  }
  return logSumExp(largest, sum);
}
