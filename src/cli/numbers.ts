const units = ['', ' k', ' M', ' G', ' T', ' P'];

/** 1234567 as `1.23 M`; whole numbers below 10,000 as they are. */
export function count(value: number): string {
  if (value < 10_000) return String(value);
  const power = Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
  return `${(value / 1000 ** power).toPrecision(3)}${units[power]}`;
}

/** Bytes as MiB. */
export function bytes(value: number): string {
  return `${(value / 2 ** 20).toFixed(value < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}
