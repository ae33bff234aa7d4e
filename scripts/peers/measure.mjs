/** What every JavaScript peer shares: the work to do, the packages to do it with, and how it is timed and reported. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'tiny' },
    backend: { type: 'string', default: 'wasm' },
    workers: { type: 'string', default: '0' },
    device: { type: 'string' },
    threads: { type: 'string' },
    products: { type: 'string' },
    precision: { type: 'string' },
    warmup: { type: 'string', default: '3' },
    steps: { type: 'string', default: '15' },
    max_s: { type: 'string', default: '25' },
  },
});
/** What was asked of Bertrand. */
export const flags = Object.fromEntries(
  ['device', 'threads', 'products', 'precision'].flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
);
export const { backend } = values;
export const workers = Number(values.workers);

/** The batch, the model's sizes and the optimizer's settings, as scripts/bench-peers.ts wrote them. */
const { sizes, ...shared } = JSON.parse(readFileSync(process.env.PEERS_WORK, 'utf8'));
export const work = { ...shared, ...sizes[values.size] };

/** Resolves the peers' packages, which are not dependencies of Bertrand. */
export const require = createRequire(`${process.env.PEERS_PACKAGES}/package.json`);
export const load = (name) => import(pathToFileURL(require.resolve(name)));

/** Box and Muller; weights need not be the same in all peers, only their spread. */
export function normal(size, deviation) {
  return Float32Array.from({ length: size }, () => {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - Math.random()));
    return radius * Math.cos(2 * Math.PI * Math.random());
  });
}

/**
 * Times `step`, which resolves to the loss once the device is done, and prints one line of JSON. Valid is a run that learns:
 * its loss begins near that of guessing, ln(vocabulary), and falls.
 */
export async function measure(peer, step, notes = '') {
  const [losses, times] = [[], []];
  const begin = performance.now();
  const late = () => performance.now() - begin > 1000 * values.max_s;
  for (let i = 0; i < Number(values.warmup) + Number(values.steps) && !(late() && times.length > 0); i++) {
    const since = performance.now();
    losses.push(await step());
    if (i >= values.warmup || late()) times.push(performance.now() - since);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)];
  const guess = Math.log(work.vocabSize);
  const [first, last] = [losses[0], losses.at(-1)];
  console.log(
    JSON.stringify({
      peer,
      size: values.size,
      valid: Math.abs(first - guess) < 0.3 && (last < first || losses.length === 1),
      tokens_per_s: Math.round((1000 * work.rows * work.length) / median),
      step_ms_median: median,
      steps: times.length,
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
      loss_first: first,
      loss_last: last,
      notes: losses.length === 1 ? [notes, 'one step: that it learns was not seen'].filter(Boolean).join('; ') : notes,
    }),
  );
  process.exit(0); // some peers leave workers behind
}
