import { language } from './language.ts';

const whole = new Intl.NumberFormat(language);

/** Numbers as people read them. */
export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

export function short(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001 || size >= 1e6) return value.toExponential(1).replace('e-', 'e−').replace('e+', 'e');
  if (size >= 1000) return whole.format(Math.round(value));
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

export const count = (value: number): string => whole.format(Math.round(value));

/** A large number by its first two digits. */
export function rounded(value: number): string {
  if (value >= 1e9) return `${short(value / 1e9)} billion`;
  return value >= 1e6 ? `${Number((value / 1e6).toPrecision(2))} million` : count(Number(value.toPrecision(2)));
}

export function bytes(value: number): string {
  if (value >= 2 ** 30) return `${(value / 2 ** 30).toFixed(1)} GB`;
  return value < 2 ** 20 ? `${Math.ceil(value / 1024)} kB` : `${(value / 2 ** 20).toFixed(value < 1e8 ? 1 : 0)} MB`;
}

export function duration(seconds: number): string {
  if (seconds < 1.5) return 'a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

export const plural = (value: number, one: string): string => `${count(value)} ${one}${value === 1 ? '' : 's'}`;
