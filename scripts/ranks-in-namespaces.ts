/**
 * Trains a small model on three hosts, which are network namespaces of this machine (Linux, root, `ip`), by each library of MPI that is
 * installed. Its losses must be those of one process. Then a host's cable is taken out in the middle of a run: the job must end with one
 * message, leave no process and an intact checkpoint, and go on from there once the cable is back.
 *
 *     node --import tsx scripts/ranks-in-namespaces.ts [openmpi] [mpich]
 */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { agentPath, NamespaceHosts } from './ranks/namespaceHosts.ts';

/** With how little patience the loss of a host is noticed in seconds instead of minutes. */
const KEEPALIVE = { oob_tcp_keepalive_time: 10, oob_tcp_keepalive_intvl: 5, oob_tcp_keepalive_probes: 3 };
/** Minutes: longer than that, since mpirun of Open MPI waits for the lost host if a rank ends the job first. MPICH notices nothing itself. */
const PATIENCE: Record<string, string> = { openmpi: '2', mpich: '0.2' };
const LIBRARIES: Record<string, (hosts: readonly string[]) => string[]> = {
  openmpi: (hosts) =>
    [
      ['mpirun.openmpi', '--allow-run-as-root', '--host', hosts.join(), '-n', String(hosts.length)],
      ['--mca', 'plm_rsh_agent', agentPath, '--mca', 'btl', 'tcp,self', '-x', 'BERTRAND_MPI_PATIENCE'],
      ...Object.entries(KEEPALIVE).map(([name, value]) => ['--mca', name, String(value)]),
    ].flat(),
  mpich: (hosts) =>
    [
      ['mpirun.mpich', '-launcher', 'ssh', '-launcher-exec', agentPath],
      ['-hosts', hosts.join(), '-n', String(hosts.length)],
    ].flat(),
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(LIBRARIES);
const program = [process.execPath, fileURLToPath(new URL('../bin/bertrand.mjs', import.meta.url))];
const folder = mkdtempSync(join(tmpdir(), 'ranks-in-namespaces-'));
const network = new NamespaceHosts(3);
const [first, , lost] = network.hosts;

try {
  network.open();
  writeInputs();
  await run('alone', [], 'one');
  for (const name of names) {
    const launcher = LIBRARIES[name](network.hosts);
    const { shown } = await run(name, launcher, name);
    if (!shown.includes('3 ranks on 3 machines')) throw new Error(`${name} used other machines:\n${shown}`);
    expectLosses(name);
    console.log(`${name}: 3 ranks on 3 hosts have the losses of one process`);
    await loseHost(name, launcher);
    await run(name, launcher, `${name}-cut`, '--resume');
    expectLosses(`${name}-cut`);
    console.log(`${name}: resumed, the run has the losses of one process`);
  }
} finally {
  network.close();
  rmSync(folder, { recursive: true, force: true });
}

async function loseHost(name: string, launcher: readonly string[]): Promise<void> {
  const out = `${name}-cut`;
  const running = started(name, launcher, out);
  while (!hasCheckpoint(out)) await sleep(50);
  network.cable(lost, 'down');
  const begin = performance.now();
  const { code, shown } = await running;
  const seconds = Math.round((performance.now() - begin) / 1000);
  console.log(`${name}: without ${lost} it ended after ${seconds} s with ${code} and`);
  console.log(shown.replaceAll(/^step .*\n/gm, '').replaceAll(/^/gm, '    '));
  if (code === 0) throw new Error('it ended as if nothing had happened');
  if (/\n\s+at /.test(shown)) throw new Error('it shows a trace');
  const messages = shown.match(/no answer from other ranks|the other ranks have not answered/g) ?? [];
  if (messages.length !== 1) throw new Error(`it says ${messages.length} times that a host is lost`);
  for (const host of network.hosts) await expectNone(host);
  network.cable(lost, 'up');
}

/** Throws unless a host soon has no process. */
async function expectNone(host: string): Promise<void> {
  const begin = performance.now();
  while (network.processes(host).length > 0) {
    if (performance.now() - begin > 60_000) throw new Error(`processes are left on ${host}`);
    await sleep(200);
  }
  console.log(`    ${host} has no process left after ${Math.round((performance.now() - begin) / 1000)} s more`);
}

async function run(
  name: string,
  launcher: readonly string[],
  out: string,
  ...more: string[]
): Promise<{ shown: string }> {
  const { code, shown } = await started(name, launcher, out, ...more);
  if (code !== 0) throw new Error(`${out} ended with ${code}:\n${shown}`);
  return { shown };
}

async function started(
  name: string,
  launcher: readonly string[],
  out: string,
  ...more: string[]
): Promise<{ code: number | null; shown: string }> {
  const command = [...launcher, ...program, 'pretrain', 'config.yaml', '--out', out, ...more];
  const patience = { BERTRAND_MPI_PATIENCE: PATIENCE[name] ?? '' };
  const variables = { ...patience, UCX_TLS: 'tcp,self' }; // MPICH's UCX would find out that the hosts share memory
  const child = network.start(first, command, folder, variables);
  let shown = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (shown += text));
  await once(child, 'close');
  return { code: child.exitCode, shown };
}

function hasCheckpoint(out: string): boolean {
  const checkpoints = join(folder, out, 'checkpoints');
  return existsSync(checkpoints) && readdirSync(checkpoints).some((name) => name.startsWith('step-'));
}

/** Throws unless the losses of a run are those of one process but for rounding. */
function expectLosses(out: string): void {
  const [found, expected] = [lossesOf(out), lossesOf('one')];
  if (found.length !== expected.length) throw new Error(`${out} has ${found.length} losses, not ${expected.length}`);
  for (const [i, loss] of found.entries())
    if (!(Math.abs(loss - expected[i]) < 1e-3 * loss))
      throw new Error(`${out}, step ${i + 1}: ${loss}, expected ${expected[i]}`);
}

function lossesOf(out: string): number[] {
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const entries = lines.map((line) => JSON.parse(line) as { event: string; loss: number });
  return entries.filter(({ event }) => event === 'train').map(({ loss }) => loss);
}

function writeInputs(): void {
  const words = Array.from({ length: 90 }, (_, i) => `w${i.toString(36)}`);
  const documents = Array.from({ length: 60 }, (_, i) =>
    Array.from({ length: 40 }, (__, j) => words[(i + j) % words.length]).join(' '),
  );
  writeFileSync(join(folder, 'text.txt'), documents.join('\n\n'));
  writeFileSync(
    join(folder, 'config.yaml'),
    `data: { corpus: [text.txt], documents: blank-line, validation: 0.1, sequenceLength: 16, tokenizer: { vocabSize: 100 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: 200, batchSize: 2, accumulate: 12 }
checkpoint: { every: 20, keep: 3 }
log: { every: 1 }
`,
  );
}
