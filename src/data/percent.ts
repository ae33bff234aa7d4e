/** A share, formatted for people: 20.9 %, 0.12 %, under 0.01 %. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.01) return 'under 0.01 %';
  return `${value.toFixed(value < 0.995 ? 2 : 1).replace(/\.?0+$/, '')} %`;
}
