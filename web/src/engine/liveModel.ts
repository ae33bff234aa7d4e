import { Bert } from '../../../src/bert/Bert.ts';
import { sha256 } from '../../../src/data/digest.ts';
import type { OnProgress } from '../../../src/data/progress.ts';
import type { DeviceChoice } from '../../../src/kernels/choose.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { modelOptions } from '../../../src/train/config/modelOptions.ts';
import { expectParameters, writeParameters } from '../../../src/train/modelState.ts';
import { resumeNotices } from '../../../src/train/run/resume/resumeNotices.ts';
import { Session } from '../../../src/train/session.ts';
import { openTrainingDevice } from './devices/openTrainingDevice.ts';
import type { OpenRun } from './prepareRun.ts';

/** The model of the open run, on a device. */
export interface LiveModel {
  readonly device: Device;
  readonly model: Bert;
  /** Undefined where the run's text is not here. */
  readonly session: Session | undefined;
}

/** Puts a run's model on a device, as its checkpoint has it. */
export async function enterDevice(
  open: OpenRun,
  choice: DeviceChoice,
  notice: (text: string) => void,
  onProgress: OnProgress,
): Promise<LiveModel> {
  const { config, run } = open;
  const device = await openTrainingDevice(choice, config, run.checkpoint !== undefined, notice, (done, total) =>
    onProgress({ stage: 'compiling shaders', done, total }),
  );
  try {
    for (const { reason } of run.passedOver) notice(`passed over: ${reason}`);
    for (const line of resumeNotices(config, config, run.checkpoint?.state, device)) notice(line);
    return { device, ...(await modelOn(device, open)) };
  } catch (error) {
    await leaveDevice(device);
    throw error;
  }
}

async function modelOn(device: Device, { config, data, run, tokenizer }: OpenRun): Promise<Omit<LiveModel, 'device'>> {
  if (data) {
    const session = new Session({
      config,
      device,
      data,
      run,
      corpus: isSecureContext ? await data.fingerprint() : '',
      tokenizer: isSecureContext ? await sha256(run.tokenizer) : '',
    });
    return { model: session.training.model, session };
  }
  const model = new Bert(modelOptions(config, tokenizer.vocabSize), config.seed);
  if (run.checkpoint) expectParameters(model.parameters, run.checkpoint.model); // before memory is taken for it
  model.to(device);
  if (run.checkpoint) writeParameters(model.parameters, run.checkpoint.model);
  return { model, session: undefined };
}

export async function leaveDevice(device: Device | undefined): Promise<void> {
  await device?.close().catch(() => {}); // a lost one need not be closed
}
