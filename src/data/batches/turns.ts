/**
 * Which of several parts has its turn, evenly spread: of any number of turns in a row each has its share, but for one or two
 * (smooth weighted round robin).
 * @param left how many turns each may have
 */
export function* turns(
  weights: readonly number[],
  left: readonly number[] = weights.map(() => Infinity),
): Generator<number> {
  const credit = weights.map(() => 0);
  const rest = [...left];
  for (;;) {
    let best = -1;
    let total = 0;
    for (const [part, weight] of weights.entries()) {
      if (rest[part] === 0) continue;
      credit[part] += weight;
      total += weight;
      if (best < 0 || credit[part] > credit[best]) best = part;
    }
    if (best < 0) return;
    credit[best] -= total;
    rest[best] -= 1;
    yield best;
  }
}
