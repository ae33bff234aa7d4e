import { efficiency } from './predict.ts';
import type { Network } from './predict.ts';

/** How many machines are predicted. */
export const COUNTS = [2, 4, 8, 16, 64, 256, 1024];

const MODELS = [
  { model: 'mini', parameters: 7.4e6, rows: 8192 * 256 },
  { model: 'BERT-base', parameters: 110e6, rows: 30_522 * 768 },
  { model: 'BERT-large', parameters: 340e6, rows: 30_522 * 1024 },
];
const NETWORKS: readonly Network[] = [
  { name: '1 Gbit/s', bandwidth: 0.117e9, latency: 50e-6 },
  { name: '10 Gbit/s', bandwidth: 1.17e9, latency: 25e-6 },
  { name: '100 Gbit/s', bandwidth: 11.7e9, latency: 5e-6 },
];
const TOKENS = 4 * 16 * 128; // of a rank's step: four micro-batches of 16 sequences

/** A model on machines that are joined by a network. */
export interface Scenario {
  readonly model: string;
  readonly network: string;
  /** For each of COUNTS, the share of its time in which a machine computes. */
  readonly shares: readonly number[];
}

/** @param rate tokens a second of `mini` on one machine */
export function scenarios(rate: number): Scenario[] {
  return MODELS.flatMap(({ model, parameters, rows }) => {
    const compute = (TOKENS / rate) * (parameters / MODELS[0].parameters); // work grows as the parameters do
    const load = { name: model, bytes: 4 * parameters, compute, hideable: (2 / 3) * (1 / 4), last: 4 * rows };
    return NETWORKS.map((network) => ({
      model,
      network: network.name,
      shares: COUNTS.map((count) => efficiency(load, count, network)),
    }));
  });
}

/** As a table in Markdown. */
export function scenarioTable(all: readonly Scenario[]): string {
  const rows = all.map(({ model, network, shares }) => {
    const cells = shares.map((share) => `${Math.round(100 * share)} %`);
    return `| ${model}, ${network} | ${cells.join(' | ')} |`;
  });
  return [`| model, network | ${COUNTS.join(' | ')} |`, `| --- |${' ---: |'.repeat(COUNTS.length)}`, ...rows].join(
    '\n',
  );
}

const COLOURS = ['#a63603', '#006d2c', '#08519c'];

/** BERT-base on each network as SVG: a full line for machines of this rate, a dashed one for those a hundred times as fast. */
export function scenarioChart(rate: number): string {
  const [width, height, left, right, bottom] = [760, 360, 60, 110, 44];
  const x = (i: number): number => left + (Math.log2(COUNTS[i]) - 1) * ((width - left - right) / 9);
  const y = (share: number): number => 20 + (1 - share) * (height - bottom - 20);
  const text = (at: string, label: string, more = ''): string => `<text ${at} ${more}>${label}</text>`;
  const lines = [rate, 100 * rate].flatMap((speed, fast) =>
    scenarios(speed)
      .filter(({ model }) => model === 'BERT-base')
      .map(({ network, shares }, i) => {
        const points = shares.map((share, j) => `${x(j).toFixed(1)} ${y(share).toFixed(1)}`);
        const stroke = `stroke="${COLOURS[i]}" stroke-width="2"${fast ? ' stroke-dasharray="6 4"' : ''}`;
        const label = text(`x="${width - right + 20}" y="${24 + 18 * i}"`, network, `fill="${COLOURS[i]}"`);
        return `<path d="M${points.join('L')}" fill="none" ${stroke}/>${fast ? '' : label}`;
      }),
  );
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path d="M${left} ${y(share)}H${width - right}" stroke="#e5e5e5"/>${text(`x="${left - 8}" y="${y(share) + 4}"`, `${100 * share} %`, 'text-anchor="end"')}`,
  );
  const ticks = COUNTS.map((count, i) =>
    text(`x="${x(i).toFixed(1)}" y="${height - bottom + 18}"`, String(count), 'text-anchor="middle"'),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13" fill="#555">
<rect width="${width}" height="${height}" fill="#fff"/>
${[...grid, ...ticks, ...lines].join('\n')}
${text(`x="${(width - right + left) / 2}" y="${height - 6}"`, 'machines; dashed: each a hundred times as fast', 'text-anchor="middle"')}
</svg>
`;
}
