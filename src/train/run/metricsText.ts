/** Bytes of a metrics.jsonl that is read: as many as a string can have. */
export const LONGEST_METRICS = 2 ** 29 - 24;

/** A line of metrics.jsonl. */
export interface MetricsEntry {
  readonly event: string;
  readonly step: number;
}

/** Lines that tell how a run was interrupted, or that it was at its end: it goes on as if it had not been. */
const INTERRUPTIONS = new Set(['stop', 'error', 'end']);

/**
 * What metrics.jsonl holds up to the checkpoint of `step`: lines of later steps, those of interruptions and torn ones at the
 * end (a crash may leave part of a line) are dropped, so that the resumed run writes what an uninterrupted one would have.
 * Damaged lines among those that stay are kept as they are.
 */
export function cutMetrics(text: string, step: number): string {
  const lines = text.split('\n').map((line) => ({ line, entry: metricsEntry(line) }));
  const stays = (entry: MetricsEntry): boolean => !INTERRUPTIONS.has(entry.event) && entry.step <= step;
  const last = lines.findLastIndex(({ entry }) => entry !== undefined && stays(entry));
  return lines
    .slice(0, last + 1)
    .filter(({ entry }) => entry === undefined || stays(entry))
    .map(({ line }) => `${line}\n`)
    .join('');
}

/**
 * The last step that a run is known to have saved, from its metrics; undefined for one that need never have saved anything.
 * A `checkpoint` line is written before its checkpoint, which the next one waits for; so do the lines that end a run.
 */
export function savedStep(text: string): number | undefined {
  const saves = metricsEntries(text).filter(({ event }) => PROOFS.has(event));
  return saves.findLast(({ event }, i) => event !== 'checkpoint' || i < saves.length - 1)?.step;
}

const PROOFS = new Set(['checkpoint', 'resume', 'stop', 'end']);

/** All lines that can be read. */
export const metricsEntries = (text: string): MetricsEntry[] =>
  text.split('\n').flatMap((line) => metricsEntry(line) ?? []);

/** What a line holds; undefined if it is damaged. */
export function metricsEntry(line: string): MetricsEntry | undefined {
  if (!/^\s*\{.*\}\s*$/.test(line)) return undefined; // failing to parse costs more than this
  try {
    const entry = Object(JSON.parse(line)) as Partial<MetricsEntry>;
    return typeof entry.event === 'string' && typeof entry.step === 'number' ? (entry as MetricsEntry) : undefined;
  } catch {
    return undefined;
  }
}
