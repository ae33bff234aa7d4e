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
  takeHead,
  width,
} from './attentionBlock';
import { draw } from '../dropoutMask';
import { AttentionBackward, AttentionBlock, BlockGroup } from '../jobs.generated';
import { passes, scratch } from '../memory/job';
import { softmaxBackwardRows } from '../nativeRows';
import { DRAWN, DRAWN_FLOATS, SCORES, SCORES_FLOATS } from '../memory/scratch';
import { sumOfProducts } from '../arithmetic/vector';

/**
 * dquery, dkey and dvalue: chunk (group of blocks, head). Blocks of different groups share no keys, so that each group owns
 * the gradients of its keys.
 */
export function attentionBackward(chunk: i32): void {
  const group = changetype<BlockGroup>(
    AttentionBackward.groupTable + <usize>(chunk / AttentionBlock.heads) * offsetof<BlockGroup>(),
  );
  const head = chunk % AttentionBlock.heads;
  const start = group.firstKey;
  const end = group.endKey;
  const first = group.firstBlock;
  const last = group.endBlock;
  takeHead(group.sequence, head);
  let covered = false; // whether the first block covers all keys, and so can write their gradients instead of adding to zeros
  if (first < last) {
    takeBlock(first, head);
    covered = keys == end - start;
  }
  if (!covered) {
    clearRows(keyPlace(AttentionBackward.dkey, start), end - start);
    clearRows(keyPlace(AttentionBackward.dvalue, start), end - start);
  }
  for (let block = first; block < last; block++) {
    takeBlock(block, head);
    if (keys == 0) clearRows(queryPlace(AttentionBackward.dquery, firstQuery), queries);
    else blockBackward(!covered || block > first);
  }
}

/** Writes dquery of the block, and writes dkey and dvalue or adds to them. */
function blockBackward(add: bool): void {
  const size = AttentionBlock.headSize;
  const across = width();
  const row = scoreRow();
  const query = queryPlace(AttentionBlock.query, firstQuery);
  const key = keyPlace(AttentionBlock.key, firstKey);
  const value = keyPlace(AttentionBlock.value, firstKey);
  const dcontext = queryPlace(AttentionBackward.dcontext, firstQuery);
  const dquery = queryPlace(AttentionBackward.dquery, firstQuery);
  const dkey = keyPlace(AttentionBackward.dkey, firstKey);
  const dvalue = keyPlace(AttentionBackward.dvalue, firstKey);
  const dropped = scratch() + SCORES; // scores, finally probabilities after dropout
  const dscores = dropped + 4 * SCORES_FLOATS; // dropped @ dvalue = dcontext: first the probabilities' gradients
  computeScores();
  product(false, true, queries, keys, size, dcontext, across, value, across, false, dscores, row);
  if (passes()) {
    const scale = AttentionBlock.scale;
    dropScores(dscores);
    softmaxBackwardRows(dropped, dscores, 4 * row, queries, keys, scale, logSumExpOf(firstQuery));
    dropScores(dropped);
  } else for (let i = 0; i < queries; i++) rowBackward(firstQuery + i, 4 * <usize>(i * row));
  product(true, false, keys, size, queries, dropped, row, dcontext, across, add, dvalue, across);
  product(true, false, keys, size, queries, dscores, row, query, across, add, dkey, across);
  product(false, false, queries, size, keys, dscores, row, key, across, false, dquery, across);
}

/**
 * dscores = scale * p * (factor * dp - sum(p * factor * dp)), and the probabilities after dropout, p * factor. Both sums of a row are
 * recomputed instead of taken from logSumExp and context: those are rounded, which matters if one probability is nearly 1.
 */
function rowBackward(query: i32, offset: usize): void {
  const dropped = scratch() + SCORES + offset;
  const dscores = dropped + 4 * SCORES_FLOATS;
  const sum = exponentials(dropped, load<f32>(logSumExpOf(query)));
  const inverse = f32x4.splat(1 / sum);
  const scale = f32x4.splat(AttentionBlock.scale);
  const first = firstDrawn(query);
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    let factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = dscores + 4 * <usize>i;
      v128.store(at, f32x4.mul(v128.load(at), v128.load(factors)));
    }
  }
  const inner = f32x4.splat(sumOfProducts(dropped, dscores, keys) / sum);
  let factors = scratch() + DRAWN;
  for (let done = 0; done < keys; done += DRAWN_FLOATS) {
    const end = min(keys, done + DRAWN_FLOATS);
    if (keys > DRAWN_FLOATS) factors = draw(first + <u64>done, end - done);
    for (let i = done; i < end; i += 4, factors += 16) {
      const at = 4 * <usize>i;
      const p = f32x4.mul(v128.load(dropped + at), inverse);
      v128.store(dropped + at, f32x4.mul(p, v128.load(factors)));
      const difference = f32x4.sub(v128.load(dscores + at), inner);
      v128.store(dscores + at, f32x4.mul(f32x4.mul(p, scale), difference));
    }
  }
}
