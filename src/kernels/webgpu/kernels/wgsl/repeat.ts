/** The numbers below `count`: what a shader's text repeats, it says once for each. */
export const upTo = (count: number): number[] => [...Array(count).keys()];
export const each = (count: number, text: (i: number) => string, separator = '\n      '): string =>
  upTo(count).map(text).join(separator);
