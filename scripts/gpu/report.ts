/** What one program of `npm run bench-gpu` found. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** The last line it printed. */
  readonly found: string;
}

/** A model's step in one precision. */
export interface Timing {
  readonly model: string;
  readonly precision: string;
  /** Why there are no figures. */
  readonly missing?: string;
  readonly millisecondsPerStep?: number;
  readonly tokensPerSecond?: number;
  readonly gflopsPerSecond?: number;
  readonly peakMemory?: number;
}

/** Everything about one GPU. */
export interface GpuReport {
  readonly date: string;
  readonly gpu: string;
  readonly commit: string;
  readonly system: string;
  readonly checks: readonly Check[];
  readonly timings: readonly Timing[];
  /** The table of bench-peers, with PyTorch. */
  readonly peers: string | undefined;
}

const round = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(value < 100 ? 1 : 0));

/** The section that goes into docs/webgpu.md as it is. */
export function toMarkdown({ date, gpu, commit, system, checks, timings, peers }: GpuReport): string {
  const rows = timings.map(
    ({ model, precision, missing, millisecondsPerStep, tokensPerSecond, gflopsPerSecond, peakMemory }) =>
      missing === undefined
        ? [
            model,
            precision,
            round(millisecondsPerStep),
            round(tokensPerSecond),
            round(gflopsPerSecond),
            round((peakMemory ?? 0) / 2 ** 20),
          ]
        : [model, precision, missing.replaceAll('|', '/'), '', '', ''],
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const header = ['model', 'precision', 'ms a step', 'tokens/s', 'GFLOP/s', 'peak MiB'];
  return [
    `### ${gpu.split(',')[0]}, ${date.slice(0, 10)}`,
    '',
    `${gpu}. ${system}, Bertrand at ${commit}.`,
    '',
    ...checks.map(({ name, passed, found }) => `- ${name}: ${passed ? 'passed' : 'FAILED'} (${found})`),
    '',
    line(header),
    line(header.map(() => '---')),
    ...rows.map(line),
    ...(peers ? ['', '```text', peers.trim(), '```'] : []),
    '',
  ].join('\n');
}
