import { BertrandError } from '../../../src/error.ts';
import type { Device } from '../../../src/kernels/device.ts';
import { DeviceLost } from '../../../src/kernels/deviceLost.ts';
import { reasonOf } from '../connect.ts';
import type { EngineEvent, Metric, Phase, Reason } from '../protocol.ts';
import type { LiveModel } from './liveModel.ts';
import { plainName } from './devices/plainName.ts';
import type { OpenRun, Surroundings } from './prepareRun.ts';

/** What the engine sends to the page without being asked. */
export class Messages {
  readonly send: (event: EngineEvent) => void;

  constructor(send: (event: EngineEvent) => void) {
    this.send = send;
  }

  phase(phase: Phase): void {
    this.send({ type: 'phase', phase });
  }

  /** That training stopped, and why. If the device was lost, the page itself offers what to do next. */
  failed(error: unknown): void {
    if (!(error instanceof BertrandError)) console.error(error);
    const { what, advice } = reasonOf(error);
    const reason: Reason =
      error instanceof DeviceLost
        ? { what: 'The graphics card stopped answering, with all that was on it.', details: what }
        : { what, advice };
    this.send({ type: 'phase', phase: 'failed', reason });
  }

  metric(event: 'train' | 'validate', step: number, numbers: object): void {
    this.send({ type: 'metric', metric: { event, step, ...numbers } as Metric });
  }

  readonly notice = (text: string): void => this.send({ type: 'notice', text });

  /** What the run is, once its model is on a device. */
  run({ run, config, yaml, tokenizer, data }: OpenRun, { device, model }: LiveModel, step: number): void {
    this.send({
      type: 'run',
      run: {
        name: run.name,
        config,
        yaml,
        device: `${device.name}: ${inWords(device)}`,
        parameters: model.parameters.size,
        vocabSize: tokenizer.vocabSize,
        step,
        data: data?.statistics,
        metrics: run.metrics,
      },
    });
  }

  /** For what prepares a run. */
  get surroundings(): Surroundings {
    return {
      base: self.name, // the page names its worker by its own address
      onProgress: (event) => {
        if ('notice' in event) this.notice(event.notice);
        else this.send({ type: 'progress', progress: event });
      },
      onSaved: (step, trouble) => this.send({ type: 'saved', step, trouble }),
    };
  }
}

/** What a device is, without how its kernels are made. */
function inWords({ name, description }: Device): string {
  if (name !== 'webgpu' && name !== 'webgl') return description.split(',')[0];
  const software = description.includes('(on the processor)');
  const adapter = description.replace(/^gpu\.js \w+ mode, /, '').replace(/ \(on the processor\).*$/, '');
  return `${plainName(name === 'webgpu' ? adapter.split(',')[0] : adapter)}${software ? ' (on the processor)' : ''}`;
}
