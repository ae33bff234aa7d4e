/** Bytes as MiB. */
export function bytes(value: number): string {
  return `${(value / 2 ** 20).toFixed(value < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}
