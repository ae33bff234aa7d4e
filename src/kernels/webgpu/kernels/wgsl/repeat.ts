/** The numbers from 0 to `count` - 1, for unrolled shader text. */
export const upTo = (count: number): number[] => [...Array(count).keys()];
export const each = (count: number, text: (i: number) => string, separator = '\n      '): string =>
  upTo(count).map(text).join(separator);
