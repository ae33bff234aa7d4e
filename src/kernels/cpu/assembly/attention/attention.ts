// Attention without its (length x length) arrays (Dao et al. 2022).
import {
  clearRows,
  computeScores,
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
import { scratch } from '../memory/job';
import { log } from '../arithmetic/log';
import { DRAWN_FLOATS, SCORES } from '../memory/scratch';
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
  for (let query = firstQuery; query < firstQuery + queries; query++) {
    const logSumExp = probabilities(scores + 4 * <usize>((query - firstQuery) * row), firstDrawn(query));
    store<f32>(logSumExpOf(query), logSumExp);
  }
  const value = keyPlace(AttentionBlock.value, firstKey);
  product(false, false, queries, AttentionBlock.headSize, keys, scores, row, value, width(), false, context, width());
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
  return largest + <f32>log(<f64>sum);
}
