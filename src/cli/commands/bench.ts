import { openDevice } from '../../kernels/choose.ts';
import type { Config } from '../../train/config/table/table.ts';
import { trainingDeviceOptions } from '../../train/config/trainingDeviceOptions.ts';
import { configuredVocabSize } from '../../train/config/vocabSize.node.ts';
import { loadPretrainConfig } from '../../train/import/modelSource.node.ts';
import { bench, hostBench } from '../../train/measure/bench.ts';
import type { Benchmark } from '../../train/measure/bench.ts';
import type { Communicator } from '../../ranks/communicator.ts';
import { ranksBench } from '../../train/measure/ranksBench.ts';
import type { RanksBenchmark } from '../../train/measure/ranksBench.ts';
import { withThreads } from '../../train/opening.node.ts';
import { configFile, deviceOption, jsonOption, setOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { expectCount, UsageError } from '../exit.ts';
import { withRanks } from '../ranks/withRanks.ts';
import { bytes } from '../print/bytes.ts';
import { lengthAtSpeed } from '../progress/lengthLines.ts';
import { print } from '../print/print.ts';
import { renderTable } from '../print/table.ts';

export const benchCommand = command(
  'bench <config>',
  'Time training steps of a config',
  (cli) =>
    cli
      .positional('config', configFile)
      .option('set', setOption)
      .option('device', deviceOption)
      .option('steps', { type: 'number', default: 10, requiresArg: true, describe: 'Steps to time' })
      .option('host-only', {
        type: 'boolean',
        default: false,
        describe: "Time the host's part of a webgpu step, on a GPU that executes nothing",
      })
      .option('json', jsonOption),
  async ({ config: path, set, device: choice, steps, json, hostOnly }) => {
    const loaded = loadPretrainConfig(path, set);
    const config = { ...loaded, device: choice === 'auto' ? loaded.device : choice };
    expectCount('steps', steps);
    return withRanks(async (ranks) => {
      if (hostOnly && ranks.size > 1) throw new UsageError('--host-only is for one process');
      if (ranks.size > 1) return benchOfRanks(path, config, steps, json, ranks);
      if (hostOnly) return hostOnlyBench(path, config, steps, json);
      const device = await openDevice(config.device, trainingDeviceOptions(config));
      const result = await bench(config, configuredVocabSize(config), device, steps);
      await device.close();
      print(json ? JSON.stringify({ config: path, ...result }, null, 2) : render(device.name, result, config));
      return 0;
    });
  },
  { ranks: true },
);

async function benchOfRanks(
  path: string,
  config: Config,
  steps: number,
  json: boolean,
  ranks: Communicator,
): Promise<number> {
  const device = await openDevice(config.device, trainingDeviceOptions(withThreads(config, ranks.threads)));
  const result = await ranksBench(config, configuredVocabSize(config), device, steps, ranks);
  await device.close();
  if (ranks.rank > 0) return 0;
  const where = `${device.name}: ${result.device}; ${ranks.description}`;
  print(json ? JSON.stringify({ config: path, ...result }, null, 2) : `${where}\n${renderOfRanks(result)}`);
  return 0;
}

function renderOfRanks({ pieces, ...result }: RanksBenchmark): string {
  const share = Math.round((100 * result.millisecondsWaited) / result.millisecondsPerStep);
  const [first = NaN, ...others] = pieces.map(({ millisecondsWaited }) => millisecondsWaited);
  const last = others.pop();
  const between = others.reduce((sum, milliseconds) => sum + milliseconds, 0);
  const waits = [`${first.toFixed(1)} for the first`];
  if (last !== undefined) waits.push(`${between.toFixed(1)} for those between`, `${last.toFixed(1)} for the last`);
  return [
    `${Math.round(result.tokensPerSecond)} tokens/s of all, ${result.millisecondsPerStep.toFixed(1)} ms a step (median of ${result.steps})`,
    `${result.millisecondsWaited.toFixed(1)} ms of it (${share} %) rank 0 waited for the others, communication included`,
    `${pieces.length} ${pieces.length === 1 ? 'piece' : 'pieces'} of gradients, waited for after backward: ${waits.join(', ')} (ms)`,
    `${bytes(result.peakMemory)} device memory of a rank at the fullest`,
  ].join('\n');
}

async function hostOnlyBench(path: string, config: Config, steps: number, json: boolean): Promise<number> {
  const { openWebGpu } = await import('../../kernels/webgpu/index.ts');
  const device = await openWebGpu({ backend: 'null', precision: config.train.precision === 'f16' ? 'f16' : 'f32' });
  const result = await hostBench(config, configuredVocabSize(config), device, steps);
  await device.close();
  const { millisecondsPerStep, launches } = result;
  print(
    json
      ? JSON.stringify({ config: path, ...result }, null, 2)
      : `webgpu: ${result.device}\n${millisecondsPerStep.toFixed(1)} ms of the host's time a step (median of ${steps}), ${launches} kernels`,
  );
  return 0;
}

function render(name: string, result: Benchmark, config: Config): string {
  const { peaks, kernels } = result;
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  const measured = kernels.reduce((total, { milliseconds = NaN }) => total + milliseconds, 0);
  const rows = kernels.map(({ kernel, launches, milliseconds = NaN, flops, bytes: moved }) => [
    kernel,
    String(launches),
    milliseconds.toFixed(2),
    percent(milliseconds / measured),
    flops > 0 ? (flops / milliseconds / 1e6).toFixed(1) : '',
    (moved / milliseconds / 1e6).toFixed(1),
  ]);
  const tokensAStep = (result.tokensPerSecond * result.millisecondsPerStep) / 1000;
  const length = lengthAtSpeed(config, tokensAStep, result.tokensPerSecond);
  const table = renderTable(['kernel', 'launches', 'ms', 'share', 'GFLOP/s', 'GB/s'], rows);
  return [
    `${name}: ${result.device}`,
    `${Math.round(result.tokensPerSecond)} tokens/s, ${result.millisecondsPerStep.toFixed(1)} ms a step (median of ${result.steps})`,
    ...(length === undefined ? [] : [length]),
    `${result.gflopsPerSecond.toFixed(1)} GFLOP/s in matrix products, ${percent(result.shareOfPeak)} of the ${peaks.gflopsPerSecond.toFixed(0)} of a large one here`,
    `${bytes(result.peakMemory)} device memory at the fullest; ${result.launches} kernels a step move ${bytes(result.bytesMoved)}; adding large arrays moves ${peaks.gigabytesPerSecond.toFixed(0)} GB/s here`,
    ...(Number.isNaN(measured) ? [] : ['', `one step kernel by kernel, ${measured.toFixed(1)} ms in all:`, table]),
  ].join('\n');
}
