import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BertrandError } from '../../error.ts';
import { lengthKeys } from '../../train/config/lengthKeys.ts';
import type { Config } from '../../train/config/table/table.ts';
import { pretrain } from '../../train/pretrain.node.ts';
import { readRun } from '../../train/record/readRun.node.ts';
import { listCheckpoints } from '../../train/run/checkpoint/readCheckpoint.node.ts';
import { differingKeys, expectUnchanged } from '../../train/run/resume/changedKeys.ts';
import { configFile, jsonOption, trainingOptions } from '../arguments/options.ts';
import { command } from '../command.ts';
import { expectCount } from '../exit.ts';
import { inLine, print, printError } from '../print/print.ts';
import { renderTable } from '../print/table.ts';
import type { PretrainView } from '../../train/pretrainView.ts';
import { progressView } from '../progress/progressView.ts';
import { expectOwn, writeOwn } from '../report/ownFile.ts';
import type { OwnFile } from '../report/ownFile.ts';
import { PAGE_BEGINNING } from '../report/page.ts';
import { reportPage } from '../report/reportPage.ts';
import { planSweep } from '../sweep/plan.ts';
import type { PlannedRun } from '../sweep/plan.ts';
import { INTERVALS, RESULTS_HEADER, curvesOf, resultRows, resultsOf, resultsTable } from '../sweep/results.ts';
import type { SweptRun } from '../sweep/results.ts';

export const sweepCommand = command(
  'sweep <config>',
  'Train a model with each of several settings, and compare',
  (cli) =>
    cli
      .positional('config', configFile)
      .option('grid', {
        type: 'string',
        array: true,
        requiresArg: true,
        default: [] as string[],
        describe: 'A key and its values: --grid train.optimizer.learningRate=1e-3,3e-3; several make all combinations',
      })
      .option('seeds', {
        type: 'number',
        requiresArg: true,
        default: 1,
        describe: "Runs of each setting, with seeds from the config's on",
      })
      .options({ set: trainingOptions.set, device: trainingOptions.device })
      .option('out', {
        type: 'string',
        requiresArg: true,
        describe: "The sweep's folder; the config's out with -sweep",
      })
      .option('json', jsonOption),
  async ({ config, grid, seeds, set, device, out, json }) => {
    expectCount('seeds', seeds);
    const settings = [...set, ...(device === undefined ? [] : [`device=${device}`])];
    const { folder, runs } = planSweep({ config, set: settings, grid, seeds, out });
    const page: OwnFile = { path: join(folder, 'report.html'), option: 'out', beginning: PAGE_BEGINNING };
    expectOwn(page); // before the work is done
    const say = json ? printError : print;
    for (const [i, run] of runs.entries()) {
      say(`\nrun ${i + 1} of ${runs.length}: ${run.setting}, seed ${run.seed}`);
      const code = await train(run, json ? process.stderr : process.stdout);
      if (code !== 0) {
        say('the same command goes on from here');
        return code;
      }
    }
    const swept = runs.map(({ setting, seed, config: { out } }): SweptRun => ({ setting, seed, record: readRun(out) }));
    const results = resultsOf(swept);
    const above = [{ title: 'Settings', about: INTERVALS, table: resultsTable(results) }];
    await writeOwn(page, [reportPage(curvesOf(swept), folder, above)]);
    if (json) print(JSON.stringify({ folder, report: page.path, settings: results }, null, 2));
    else print(`\n${renderTable(RESULTS_HEADER, resultRows(results))}\n\n${INTERVALS}\n${page.path}`);
    return results.every(({ runs }) => runs.every(({ state }) => state === 'done')) ? 0 : 1;
  },
);

/**
 * Trains a run, from its newest checkpoint if it has one, unless it is done. One whose training fails is reported and left at that;
 * what keeps it from beginning would keep the others too, and is thrown.
 * @returns the exit code
 */
async function train({ config }: PlannedRun, output: NodeJS.WriteStream): Promise<number> {
  const { out, train } = config;
  const began = existsSync(join(out, 'checkpoints')) && (await listCheckpoints(join(out, 'checkpoints'))).length > 0;
  if (began) {
    const { config: before, metrics, state } = readRun(out);
    const same = before && 'steps' in before.train && hasLength(before.train, train);
    if (before && (metrics.step >= Number(train.steps) || (same && state.name === 'done'))) {
      expectUnchanged(out, differingKeys(before, config));
      output.write(`done before: ${inLine(out)}\n`);
      return 0;
    }
  }
  try {
    return await pretrain(config, { resume: began }, inShort(progressView(output, 'the same command')));
  } catch (error) {
    if (!(error instanceof BertrandError) || !existsSync(out) || readRun(out).state.name !== 'failed') throw error;
    printError(error.message);
    return 0;
  }
}

/** Without the samples and the next commands that end a run by itself. */
const inShort = (view: PretrainView): PretrainView => ({
  ...view,
  finished: (_, early) => view.finished(undefined, early),
});

/** Whether two runs are to be equally long. */
const hasLength = (a: Config['train'], b: Config['train']): boolean => lengthKeys.every((key) => a[key] === b[key]);
