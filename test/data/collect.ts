/** All that an iteration gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = [];
  for await (const item of items) result.push(item);
  return result;
}

export async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
