import type { Config } from '../../train/config/table/table.ts';
import { formatCount, formatDuration } from './format.ts';

/** How long a run is to be, in the words of its config. */
export function lengthWords({ train: { steps, tokens, epochs, minutes } }: Pick<Config, 'train'>): string {
  if (steps !== 'none') return `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  if (tokens !== 'none') return `${formatCount(tokens)} tokens`;
  if (epochs !== 'none') return `${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`;
  return formatDuration(60 * Number(minutes));
}

/** What the run comes to at this speed, without validation and saving; undefined for epochs, which its text has to tell. */
export function lengthAtSpeed(
  config: Pick<Config, 'train'>,
  tokensAStep: number,
  tokensPerSecond: number,
): string | undefined {
  const { steps, tokens, epochs, minutes } = config.train;
  if (epochs !== 'none') return undefined;
  const all =
    minutes !== 'none' ? 60 * minutes * tokensPerSecond : tokens !== 'none' ? tokens : Number(steps) * tokensAStep;
  const found =
    minutes === 'none'
      ? `take about ${formatDuration(all / tokensPerSecond)}`
      : `are about ${formatCount(all / tokensAStep)} steps`;
  return `the run's ${lengthWords(config)} ${found}, validation and saving left out`;
}
