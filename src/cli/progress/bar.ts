const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `width` characters, filled to `fraction` (0 to 1) by eighths of a character. */
export function bar(fraction: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, fraction)) * width * 8);
  const filled = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return filled.padEnd(width, '░');
}

const WIDEST = 30;
const NARROWEST = 5;

/** `before bar parts...` in at most `width` characters: the bar shrinks first and goes next, then the last parts go. */
export function barLine(before: string, fraction: number, parts: readonly string[], width: number): string {
  for (let count = parts.length; count >= 0; count--) {
    const text = [before, ...parts.slice(0, count)].join('  ');
    const room = width - text.length - 2;
    if (room >= NARROWEST)
      return [before, bar(fraction, Math.min(room, WIDEST)), ...parts.slice(0, count)].filter(Boolean).join('  ');
    if (text.length <= width) return text;
  }
  return before.slice(0, width);
}
