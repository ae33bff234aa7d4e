import { hostname } from 'node:os';
import { relative, resolve } from 'node:path';
import type { Parameters } from '../autograd/parameters/parameters.ts';
import { openData } from '../data/openData.node.ts';
import { sha256 } from '../data/digest.ts';
import type { Device } from '../kernels/device.ts';
import { alone } from '../ranks/communicator.ts';
import type { Communicator } from '../ranks/communicator.ts';
import { anySignal } from './run/anySignal.node.ts';
import { expectSame, firstOfMachine, fromFirst, together } from '../ranks/together.ts';
import type { Fact } from '../ranks/together.ts';
import { NO_SOURCE } from './config/modelSource.ts';
import type { Config } from './config/table/table.ts';
import { dataOptions } from './config/dataOptions.ts';
import { encodingThreads } from './encodingThreads.node.ts';
import { keepValidation, VALIDATION_FILE } from './evaluate/keptValidation.ts';
import { samples } from './evaluate/samples.ts';
import { factsOf, followOpening, Held, openRunAndDevice, withThreads } from './opening.node.ts';
import type { Opening, Start } from './opening.node.ts';
import { expectEqualShares } from './parallel/microBatches.ts';
import { averaged, withoutRaw } from './optimizer/weightAverage.ts';
import { takeStateOfFirst } from './parallel/sameState.ts';
import { sharedTokenizer } from './parallel/sharedTokenizer.node.ts';
import type { PretrainView } from './pretrainView.ts';
import { withResumeAdvice } from './run/resumeAdvice.ts';
import { resumeNotices } from './run/resume/resumeNotices.ts';
import { readCheckpoint } from './run/checkpoint/readCheckpoint.node.ts';
import { watchSignals } from './run/signals.node.ts';
import type { SignalWatch } from './run/signals.node.ts';
import { Session } from './session.ts';
import type { RunParts } from './session.ts';

const SAMPLES = 8;

/**
 * A whole run: data, model, training, checkpoints, and some sample predictions at the end.
 * @param ownConfig whether the config is the run's own: relative paths then count from where the run was started, else from here
 * @param ranks those that train together. Rank 0 alone writes and shows; the others follow it
 * @param anomaly whether a step whose numbers are not finite is made once more, and each of its results looked at
 * @returns the exit code: 0, or that of the signal which stopped the run
 */
export async function pretrain(
  config: Config,
  start: Start,
  view: PretrainView,
  ownConfig = false,
  ranks: Communicator = alone,
  anomaly = false,
): Promise<number> {
  const held = new Held();
  try {
    await together(ranks, () => expectEqualShares(ranks.size, config));
    const { threads } = ranks;
    const first = await together(ranks, () =>
      ranks.rank === 0 ? openRunAndDevice(config, threads, start, view, ownConfig, held) : undefined,
    );
    const facts = await fromFirst(ranks, () => factsOf(first as Opening));
    const opening = await together(ranks, () => first ?? followOpening(facts, config, threads, held));
    const { device, run, folder, state, begins } = opening;
    const own = state && config.model.from !== NO_SOURCE ? { tokenizer: resolve(run.path, 'tokenizer.json') } : {};
    const encoding = encodingThreads(withThreads(config, threads).cpu.threads);
    const options = { ...dataOptions(config), ...own, threads: encoding };
    const shared = await sharedTokenizer(ranks, options, view.preparing, folder);
    const data = await firstOfMachine(ranks, async () =>
      held.add(await openData(options, view.preparing, folder, undefined, shared)),
    );
    const corpus = await data.fingerprint();
    await expectSame(ranks, hostname(), alike(device, corpus));
    let session: Session | undefined;
    const signals = watchSignals(({ name }) => {
      view.stopping(name);
      ranks.watch(() => view.preparing({ notice: silence(name, session?.saved) }));
    });
    held.add(signals);
    const tokenizer = JSON.stringify(data.tokenizer.toJson());
    const earlier = anomaly
      ? {
          checkpoint: readCheckpoint,
          begin: async ({ all }: Parameters): Promise<void> => begins?.writeTo(all),
          onProgress: view.preparing,
        }
      : undefined;
    const kept = await together(ranks, () => (ranks.rank === 0 ? keepValidation(config, data) : undefined));
    const validation = kept && (await sha256(kept as Uint8Array<ArrayBuffer>));
    const place = { folder: relative(run.path, folder), corpus, ...(validation !== undefined && { validation }) };
    const parts = { config, device, run, data, ranks, state, earlier, ...place };
    session = await together(ranks, async () => {
      const made = new Session({ ...parts, tokenizer: await sha256(tokenizer) });
      for (const notice of begins?.notices ?? []) view.preparing({ notice });
      await begins?.writeTo(made.training.model.parameters.all);
      await run.begin(tokenizer, kept && { [VALIDATION_FILE]: kept });
      return made;
    });
    const { model, optimizer, average } = session.training;
    const moments = run.checkpoint && withoutRaw(run.checkpoint.optimizer);
    await takeStateOfFirst(ranks, device, model.parameters, optimizer, state !== undefined, moments, average?.arrays);
    const { parameters, step: from } = session;
    const notices = resumeNotices(run.before, config, state, device, ranks.size, data);
    const { length, clock } = session.training;
    const { seconds } = clock;
    const { passedOver } = run;
    view.begin({ config, data, device, ranks, parameters, from, length, seconds, passedOver, notices });
    return await trainOn(session, parts, signals, view, ranks);
  } catch (error) {
    throw withResumeAdvice(error);
  } finally {
    await held.close();
  }
}

/** What ranks must have alike. */
const alike = ({ name, arithmetic }: Device, corpus: string): Fact[] => [
  {
    name: 'device',
    value: `${name}: ${arithmetic}`,
    advice: 'start them on machines that compute alike, or write cpu.products: wasm',
  },
  { name: 'corpus', value: corpus, advice: 'give all machines the same text: data.corpus' },
];

function silence(signal: string, saved: string | undefined): string {
  const what = `the other ranks have not answered since ${signal}: one may have died`;
  return `${what}; ${saved === undefined ? 'no checkpoint was saved' : `${saved} stands: go on from it with --resume`}`;
}

async function trainOn(
  session: Session,
  { device, run, data }: RunParts,
  signals: SignalWatch,
  view: PretrainView,
  ranks: Communicator,
): Promise<number> {
  const { step: last, ending } = await session.train(view, () => signals.stop !== undefined);
  const stop = ending === 'stop' ? await anySignal(ranks, signals.stop) : undefined;
  if (stop) {
    run.log('stop', { step: last, signal: stop.name });
    view.stopped(last);
    return ranks.rank === 0 ? stop.exitCode : 0; // launchers end all ranks when one reports a failure
  }
  const { model, average } = session.training;
  if (ranks.rank > 0) return 0;
  const batch = await data.validation.at(0);
  const found = await averaged(average, () => samples(device, model, data.tokenizer, batch, SAMPLES));
  view.finished(found, ending === 'patience', session.diagnoses);
  return 0;
}
