import { BertrandError } from '../../../src/error.ts';
import { serve } from '../connect.ts';
import type { EngineApi, FirstQuestion } from '../protocol.ts';
import { devices, prepare } from './devices/devices.ts';
import type { PageEngine } from './pageEngine.ts';
import { canSaveRuns, keptRuns } from './storage/savedRuns.ts';

/** Answers the page. Most of the engine is fetched when the first screen is there, or when it is asked for. */
export const serveEngine = (): void =>
  serve((send) => {
    let fetched: Promise<PageEngine> | undefined;
    const rest = (): Promise<PageEngine> =>
      (fetched ??= import('./pageEngine.ts').then(
        ({ PageEngine }) => new PageEngine(send),
        (error: unknown) => {
          fetched = undefined;
          throw new BertrandError(`a part of the page cannot be fetched (${String(error)})`, {
            advice: 'is there a network? then load the page once more',
          });
        },
      ));
    const first: Pick<EngineApi, FirstQuestion> = {
      devices,
      prepare: async (device) => void (await Promise.all([prepare(device), rest()])),
      kept: async () => ((await canSaveRuns()) ? keptRuns() : undefined),
    };
    return async (method) => (method in first ? first : await rest()) as EngineApi;
  });
