import { bytes } from './bytes.ts';
import { inLine } from './print.ts';
import { renderTable } from './table.ts';

/** A run as `runs` lists it. */
export interface ListedRun {
  readonly name: string;
  readonly path: string;
  readonly state: string;
  /** The error, the signal, or the process that trains. */
  readonly reason?: string;
  /** The last step that was made. */
  readonly step: number;
  /** How many there are to be; null where that is not known. */
  readonly steps: number | null;
  /** Least and last validation loss, in nats. */
  readonly bestLoss: number | null;
  readonly bestStep: number | null;
  readonly lastLoss: number | null;
  /** Minutes trained. */
  readonly minutes: number;
  readonly bytes: number;
  /** When a file of it last changed, in ISO 8601. */
  readonly changed: string;
  /** What of it cannot be read. */
  readonly troubles: readonly string[];
}

const LONGEST_REASON = 300;

/** A table of 80 columns where names are short, and a line for each run that has more to say. */
export function runsTable(runs: readonly ListedRun[]): string {
  const header = ['run', 'state', 'step', 'best', 'last', 'min', 'size', 'changed'];
  const rows = runs.map((run) => [
    inLine(run.name),
    run.state,
    run.steps === null ? String(run.step) : `${run.step}/${run.steps}`,
    run.bestLoss?.toFixed(4) ?? '-',
    run.lastLoss?.toFixed(4) ?? '-',
    run.minutes.toFixed(1),
    bytes(run.bytes),
    localTime(new Date(run.changed)),
  ]);
  const notes = runs.flatMap(({ name, state, step, reason, troubles }) => [
    ...(reason === undefined ? [] : [`${name}: ${WORDS[state] ?? state} ${at(state, step)}${reason}`]),
    ...troubles,
  ]);
  const shown = notes.map((note) => inLine(note.length > LONGEST_REASON ? `${note.slice(0, LONGEST_REASON)}…` : note));
  return [renderTable(header, rows), ...(shown.length > 0 ? ['', ...shown] : [])].join('\n');
}

const WORDS: Readonly<Record<string, string>> = { running: 'trained by' };
const at = (state: string, step: number): string =>
  state === 'failed' ? `at step ${step}: ` : state === 'stopped' ? `at step ${step} by ` : '';

/** 11-28 02:32, or 2025-11-28 of another year. */
function localTime(time: Date, now = new Date()): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  if (time.getFullYear() !== now.getFullYear()) return `${time.getFullYear()}-${day}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
