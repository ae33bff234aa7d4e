const UNITS = ['', ' k', ' M', ' G', ' T', ' P'];

/** Three digits and a unit: 999, 12.3 k, 1.23 M. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '?';
  let power = 0;
  let scaled = Math.abs(value);
  while (scaled >= 999.5 && power < UNITS.length - 1) {
    scaled /= 1000;
    power += 1;
  }
  const digits = power === 0 || scaled >= 99.95 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${value < 0 ? '-' : ''}${scaled.toFixed(digits)}${UNITS[power]}`;
}

/** The two largest units: 45 s, 3 min 20 s, 2 h 5 min, 1 d 4 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, 'min', 's');
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(value: number, size: number, large: string, small: string): string {
  const rest = value % size;
  return `${Math.floor(value / size)} ${large}${rest > 0 ? ` ${rest} ${small}` : ''}`;
}
