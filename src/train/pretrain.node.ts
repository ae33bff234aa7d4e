import { relative, resolve } from 'node:path';
import { openData } from '../data/openData.node.ts';
import { sha256 } from '../data/digest.ts';
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
import { withResumeAdvice } from './run/resumeAdvice.ts';
import { resumeNotices } from './run/resume/resumeNotices.ts';
import type { OpenedRun } from './run/runFolder.ts';
import { startedIn } from './run/resume/startedIn.node.ts';
import { watchSignals } from './run/signals.node.ts';
import type { SignalWatch } from './run/signals.node.ts';
import { samples } from './evaluate/samples.ts';
import { expectScoresFit } from './measure/scoresFit.ts';
import { withSameProducts } from './run/resume/sameProducts.ts';
import { Session } from './session.ts';
import type { RunParts } from './session.ts';

const SAMPLES = 8;

/**
 * A whole run: data, model, training, checkpoints, and some sample predictions at the end.
 * @param ownConfig whether the config is the run's own: relative paths then count from where the run was started, else from here
 * @returns the exit code: 0, or that of the signal which stopped the run
 */
export async function pretrain(
  config: Config,
  resume: boolean,
  view: PretrainView,
  ownConfig = false,
): Promise<number> {
  const { from: source } = config.model;
  const weights = async (): Promise<ImportedModel | undefined> =>
    source === NO_SOURCE ? undefined : openImported(source, config, configuredVocabSize(config));
  const imported = resume ? undefined : await weights();
  let device = await openDevice(config.device, { ...trainingDeviceOptions(config), onCompile: view.compiling });
  let run: OpenedRun | undefined;
  let data: OpenedData | undefined;
  let signals: SignalWatch | undefined;
  try {
    expectScoresFit(device, config);
    const notice = (text: string): void => view.preparing({ notice: text });
    const { out: path, checkpoint, log } = config;
    run = await openRun({
      path,
      config,
      yaml: toYaml(config),
      resume,
      keep: checkpoint.keep,
      tensorboard: log.tensorboard,
      notice,
    });
    device = await withSameProducts(device, config, run.checkpoint?.state);
    const began = ownConfig && run.checkpoint && startedIn(path, run.checkpoint, (run.before ?? config).out);
    const folder = began ? began.folder : process.cwd();
    const begins = run.checkpoint ? undefined : (imported ?? (await weights()));
    const kept = run.checkpoint && source !== NO_SOURCE ? { tokenizer: resolve(run.path, 'tokenizer.json') } : {};
    data = await openData({ ...dataOptions(config), ...kept }, view.preparing, folder);
    signals = watchSignals(({ name }) => view.stopping(name));
    const tokenizer = JSON.stringify(data.tokenizer.toJson());
    const parts = { config, device, run, data, folder: relative(run.path, folder), corpus: await data.fingerprint() };
    const session = new Session({ ...parts, tokenizer: await sha256(tokenizer) });
    for (const text of begins?.notices ?? []) notice(text);
    await begins?.writeTo(session.training.model.parameters.all);
    await run.begin(tokenizer);
    const { parameters, step: from } = session;
    const notices = resumeNotices(run.before, config, run.checkpoint?.state, device);
    view.begin({ config, data, device, parameters, from, passedOver: run.passedOver, notices });
    return await trainOn(session, parts, signals, view);
  } catch (error) {
    throw withResumeAdvice(error);
  } finally {
    signals?.close();
    await run?.close();
    await device.close();
    await data?.close();
  }
}

async function trainOn(
  session: Session,
  { config, device, run, data }: RunParts,
  signals: SignalWatch,
  view: PretrainView,
): Promise<number> {
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
