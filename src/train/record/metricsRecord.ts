import type { Sample } from '../evaluate/samples.ts';
import { metricsEntry } from '../run/metricsText.ts';
import { readSamples } from './loggedSamples.ts';

/** The numbers of metrics.jsonl that are shown, by their names there. */
export const numberNames = [
  'loss',
  'learningRate',
  'gradNorm',
  'tokensPerSecond',
  'peakMemory',
  'lossScale',
  'skippedSteps',
  'perplexity',
  'accuracy',
  'contextFreeLoss',
  'unigramLoss',
  'natsPerCharacter',
  'bitsPerByte',
  'macroF1',
  'microF1',
  'matthews',
  'entityF1',
  'silentUnits',
  'geluInput',
] as const;
export type NumberName = (typeof numberNames)[number];

/** A line of training or of validation. */
export interface MetricsLine {
  readonly step: number;
  /** Minutes of training until then, pauses left out. */
  readonly minutes: number;
  readonly numbers: Readonly<Partial<Record<NumberName, number>>>;
  /** Of a validation: hidden words and the model's guesses. */
  readonly samples?: readonly Sample[];
}

/** What a run's metrics.jsonl tells. */
export interface MetricsRecord {
  /** By step, each step once. */
  readonly training: readonly MetricsLine[];
  readonly validation: readonly MetricsLine[];
  /** Milliseconds a step, the mean of each stretch between two lines in which nothing but steps was made. */
  readonly stepTimes: readonly number[];
  /** The last step that was made, as far as lines tell. */
  readonly step: number;
  /** Minutes of training, pauses left out. */
  readonly minutes: number;
  /** The device's name, where a line tells it. */
  readonly device: string | undefined;
  readonly parameters: number | undefined;
  /** How many steps there are to be, where a line tells it. */
  readonly steps: number | undefined;
  /** Whether the last line says that the run is at its end. */
  readonly ended: boolean;
  /** The share of the tokens that are [UNK], and of the validation text that is in the training text too. */
  readonly unknownShare: number | undefined;
  readonly duplicateShare: number | undefined;
  /** What the last line says of an end before the last step. */
  readonly interruption: Interruption | undefined;
}

/** `message` is an error's, or the name of the signal that stopped the run. */
export interface Interruption {
  readonly event: 'stop' | 'error';
  readonly step: number;
  readonly message: string;
}

interface Line {
  readonly event: string;
  readonly step: number;
  readonly time?: unknown;
  readonly [name: string]: unknown;
}

/** Lines that are written before something other than a step is done. */
const BEFORE_OTHERS = new Set(['start', 'resume', 'checkpoint']);

/** Reads metrics.jsonl. Lines that cannot be read are passed over; of a step that was made twice, the last counts. */
export function readMetrics(text: string): MetricsRecord {
  const training: MetricsLine[] = [];
  const validation: MetricsLine[] = [];
  const stepTimes: number[] = [];
  let [minutes, step] = [0, 0];
  let device: string | undefined;
  let [parameters, steps, unknownShare, duplicateShare]: (number | undefined)[] = [];
  let ended = false;
  let interruption: Interruption | undefined;
  let before: { readonly event: string; readonly step: number; readonly at: number } | undefined;
  for (const line of linesOf(text)) {
    const at = typeof line.time === 'string' ? Date.parse(line.time) : Number.NaN;
    const begins = line.event === 'start' || line.event === 'resume';
    const passed = before && !begins && at > before.at ? at - before.at : 0;
    minutes += passed / 60_000;
    const made = before ? line.step - before.step : 0;
    if (line.event === 'train' && before && !BEFORE_OTHERS.has(before.event) && made > 0 && passed > 0)
      stepTimes.push(passed / made);
    if (begins) {
      device = typeof line['device'] === 'string' ? line['device'] : device;
      parameters = numberOf(line['parameters']) ?? parameters;
      steps = numberOf(line['steps']);
      unknownShare = numberOf(line['unknownShare']) ?? unknownShare;
      duplicateShare = numberOf(line['duplicateShare']) ?? duplicateShare;
    }
    if (line.event === 'train') put(training, line, minutes);
    if (line.event === 'validate') put(validation, line, minutes);
    interruption = interruptionOf(line);
    ended = line.event === 'end';
    step = line.step;
    before = { event: line.event, step, at: Number.isNaN(at) ? (before?.at ?? Number.NaN) : at };
  }
  const shares = { unknownShare, duplicateShare };
  return { training, validation, stepTimes, step, minutes, device, parameters, steps, ...shares, ended, interruption };
}

/** Without an array of all lines: there may be millions. */
function* linesOf(text: string): Generator<Line> {
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    const entry = metricsEntry(text.slice(from, end));
    if (entry && Number.isSafeInteger(entry.step) && entry.step >= 0) yield entry as unknown as Line;
    from = end + 1;
  }
}

function put(lines: MetricsLine[], line: Line, minutes: number): void {
  while ((lines.at(-1)?.step ?? -1) >= line.step) lines.pop();
  const numbers = numberNames.flatMap((name) => {
    const value = Object.hasOwn(line, name) ? numberOf(line[name]) : undefined;
    return value === undefined ? [] : [[name, value] as const];
  });
  const samples = line.event === 'validate' ? readSamples(line['samples']) : [];
  lines.push({
    step: line.step,
    minutes,
    numbers: Object.fromEntries(numbers),
    ...(samples.length > 0 && { samples }),
  });
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;

function interruptionOf({ event, step, message, signal }: Line): Interruption | undefined {
  if (event !== 'stop' && event !== 'error') return undefined;
  const text = event === 'stop' ? signal : message;
  return { event, step, message: typeof text === 'string' ? text : 'for an unknown reason' };
}
