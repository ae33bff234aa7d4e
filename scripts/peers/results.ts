import { BASE } from './peers.ts';

/** One run of one peer, as it printed it. */
export interface Measured {
  readonly peer: string;
  readonly size: string;
  readonly valid: boolean;
  readonly tokens_per_s: number;
  readonly step_ms_median: number;
  readonly peak_rss_mb: number;
  readonly notes: string;
}

/** Medians over the rounds. */
export interface Summary {
  readonly peer: string;
  readonly size: string;
  readonly tokensPerSecond: number;
  readonly least: number;
  readonly most: number;
  readonly memory: number;
  readonly valid: boolean;
  readonly notes: string;
}

export function summarise(measured: readonly Measured[]): Summary[] {
  const groups = new Map<string, Measured[]>();
  for (const run of measured) {
    const key = `${run.size}/${run.peer}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map((runs) => {
    const rates = runs.map((run) => run.tokens_per_s).toSorted((a, b) => a - b);
    return {
      peer: runs[0].peer,
      size: runs[0].size,
      tokensPerSecond: median(rates),
      least: rates[0],
      most: rates[rates.length - 1],
      memory: median(runs.map((run) => run.peak_rss_mb).toSorted((a, b) => a - b)),
      valid: runs.every(({ valid }) => valid),
      notes: runs[0].notes,
    };
  });
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The table in Markdown, fastest first. */
export function table(summaries: readonly Summary[]): string {
  const sizes = [...new Set(summaries.map(({ size }) => size))];
  const names = [...new Set(summaries.map(({ peer }) => peer))];
  const find = (peer: string, size: string): Summary | undefined =>
    summaries.find((summary) => summary.peer === peer && summary.size === size);
  const speed = (peer: string): number => find(peer, sizes[0])?.tokensPerSecond ?? 0;
  const rows = names
    .toSorted((a, b) => speed(b) - speed(a))
    .map((peer) => {
      const cells = sizes.flatMap((size) => {
        const [found, base] = [find(peer, size), find(BASE, size)];
        if (!found) return ['', '', ''];
        return [
          `${Math.round(found.tokensPerSecond)}${found.valid ? '' : ' (not valid)'}`,
          base ? (found.tokensPerSecond / base.tokensPerSecond).toFixed(2) : '',
          String(Math.round(found.memory)),
        ];
      });
      const { notes } = summaries.find((summary) => summary.peer === peer) as Summary;
      return `| ${[peer + (notes ? ` (${notes})` : ''), ...cells].join(' | ')} |`;
    });
  const titles = sizes.flatMap((size) => [`${size}: tokens/s`, 'times PyTorch', 'peak MB']);
  return [`| | ${titles.join(' | ')} |`, `|---|${'---|'.repeat(titles.length)}`, ...rows].join('\n');
}

/** Bars of tokens/s as SVG, a group for each size, each with its least and greatest round. */
export function chart(summaries: readonly Summary[]): string {
  const [width, left, bar] = [800, 280, 20];
  const sizes = [...new Set(summaries.map(({ size }) => size))];
  const groups = sizes.map((size) =>
    summaries.filter((summary) => summary.size === size).toSorted((a, b) => b.tokensPerSecond - a.tokensPerSecond),
  );
  let y = 10;
  const lines = groups.flatMap((group, i) => {
    const most = Math.max(...group.map((summary) => summary.most));
    const x = (rate: number): number => left + (rate / most) * (width - left - 80);
    y += 22;
    const title = text(10, y, sizes[i], 'font-weight="bold"');
    const bars = group.map(({ peer, tokensPerSecond, least, most }) => {
      y += bar + 4;
      const middle = y - bar / 2 + 4;
      const colour = peer.startsWith('Bertrand') ? '#08519c' : '#9ecae1';
      return [
        text(left - 8, middle, peer, 'text-anchor="end"'),
        `<rect x="${left}" y="${y - bar}" width="${(x(tokensPerSecond) - left).toFixed(1)}" height="${bar}" fill="${colour}"/>`,
        `<path d="M${x(least).toFixed(1)} ${y - bar / 2}H${x(most).toFixed(1)}" stroke="#555"/>`,
        text(x(most) + 6, middle, String(Math.round(tokensPerSecond))),
      ].join('');
    });
    y += 12;
    return [title, ...bars];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y + 26}" font-family="sans-serif" font-size="13" fill="#555">
<rect width="${width}" height="${y + 26}" fill="#fff"/>
${lines.join('\n')}
${text(left, y + 14, 'tokens/s of training; lines from the slowest round to the fastest')}
</svg>
`;
}

const text = (x: number, y: number, label: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${label}</text>`;
