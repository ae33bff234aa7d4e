import { join, relative } from 'node:path';
import { openData } from '../data/openData.node.ts';
import type { OpenedData } from '../data/openedData.ts';
import { openDevice } from '../kernels/choose.ts';
import type { Config } from './config/table/table.ts';
import { toYaml } from './config/yaml/toYaml.ts';
import { NO_SOURCE } from './config/modelSource.ts';
import { dataOptions } from './config/dataOptions.ts';
import { configuredVocabSize } from './config/vocabSize.node.ts';
import { trainingDeviceOptions } from './config/trainingDeviceOptions.ts';
import type { ImportedModel } from './import/importedModel.ts';
import { openImported } from './import/openImported.node.ts';
import type { PretrainView } from './pretrainView.ts';
import { openRun } from './run/openRun.node.ts';
import type { RunFolder } from './run/runFolder.ts';
import { withResumeAdvice } from './run/resumeAdvice.ts';
import { watchSignals } from './run/signals.node.ts';
import type { SignalWatch } from './run/signals.node.ts';
import { samples } from './evaluate/samples.ts';
import { expectScoresFit } from './measure/scoresFit.ts';
import { Session } from './session.ts';
import type { RunParts } from './session.ts';

const SAMPLES = 8;

/**
 * A whole run: data, model, training, checkpoints, and at the end some of what was learnt.
 * @returns the exit code: 0, or that of the signal which stopped the run
 */
export async function pretrain(config: Config, resume: boolean, view: PretrainView): Promise<number> {
  const { from } = config.model;
  const weights = async (): Promise<ImportedModel | undefined> =>
    from === NO_SOURCE ? undefined : openImported(from, config, configuredVocabSize(config));
  const imported = resume ? undefined : await weights();
  const device = await openDevice(config.device, trainingDeviceOptions(config));
  let run: RunFolder | undefined;
  let data: OpenedData | undefined;
  let signals: SignalWatch | undefined;
  try {
    expectScoresFit(device, config);
    run = await openRun({ path: config.out, config, yaml: toYaml(config), resume, keep: config.checkpoint.keep });
    const begins = run.checkpoint ? undefined : (imported ?? (await weights()));
    const own = run.checkpoint && from !== NO_SOURCE ? { tokenizer: join(run.path, 'tokenizer.json') } : {};
    data = await openData({ ...dataOptions(config), ...own }, view.preparing);
    signals = watchSignals(({ name }) => view.stopping(name));
    const folder = relative(run.path, process.cwd());
    return await pretrainOn(
      { config, device, run, data, folder, corpus: await data.fingerprint() },
      begins,
      signals,
      view,
    );
  } catch (error) {
    throw withResumeAdvice(error);
  } finally {
    signals?.close();
    await run?.close();
    await device.close();
    await data?.close();
  }
}

async function pretrainOn(
  parts: RunParts,
  begins: ImportedModel | undefined,
  signals: SignalWatch,
  view: PretrainView,
): Promise<number> {
  const { config, device, run, data } = parts;
  await run.saveTokenizer(JSON.stringify(data.tokenizer.toJson()));
  const session = new Session(parts);
  for (const notice of begins?.notices ?? []) view.preparing({ notice });
  await begins?.writeTo(session.training.model.parameters.all);
  const { parameters, step: from } = session;
  view.begin({ config, data, device, parameters, from, passedOver: run.passedOver });
  const last = await session.train(view, () => signals.stop !== undefined);
  if (last < config.train.steps && signals.stop) {
    run.log('stop', { step: last, signal: signals.stop.name });
    view.stopped(last);
    return signals.stop.exitCode;
  }
  const { model } = session.training;
  view.finished(await samples(device, model, data.tokenizer, await data.validation.at(0), SAMPLES));
  return 0;
}
