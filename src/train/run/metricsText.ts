/**
 * What metrics.jsonl holds up to the checkpoint of `step`: lines of later steps, `stop` lines and torn ones (a crash may
 * leave part of a line) are dropped, so that the resumed run writes what an uninterrupted one would have.
 */
export function cutMetrics(text: string, step: number): string {
  return text
    .split('\n')
    .filter((line) => belongs(line, step))
    .map((line) => `${line}\n`)
    .join('');
}

function belongs(line: string, step: number): boolean {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return false;
  }
  if (typeof entry !== 'object' || entry === null || !('event' in entry)) return false;
  return entry.event !== 'stop' && 'step' in entry && typeof entry.step === 'number' && entry.step <= step;
}
