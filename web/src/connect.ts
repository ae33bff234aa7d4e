import { BertrandError } from '../../src/error.ts';
import type { EngineApi, EngineEvent, Reason } from './protocol.ts';

/** How page and worker talk: the page calls methods by name and the worker answers; the worker also sends events. */

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The worker's first message: anything sent before it would be lost. */
const LISTENING = 'listening';

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: Reason });

/** The worker's methods as the page's own. */
export function connect(worker: Worker, onEvent: (event: EngineEvent) => void): EngineApi {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  let begin: () => void;
  const listening = new Promise<void>((resolve) => (begin = resolve));
  worker.addEventListener(
    'message',
    ({ data }: MessageEvent<typeof LISTENING | Answer | { readonly event: EngineEvent }>) => {
      if (data === LISTENING) return begin();
      if ('event' in data) return onEvent(data.event);
      const { resolve, reject } = waiting.get(data.id) ?? {};
      waiting.delete(data.id);
      if ('error' in data) reject?.(errorOf(data.error));
      else resolve?.(data.result);
    },
  );
  return new Proxy({} as EngineApi, {
    get:
      (_, method: string) =>
      (...args: readonly unknown[]) =>
        new Promise((resolve, reject) => {
          const call: Call = { id: calls++, method, args };
          waiting.set(call.id, { resolve, reject });
          void listening.then(() => worker.postMessage(call));
        }),
  });
}

/** An error as it is sent between page and worker. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof BertrandError) return { what: error.what, advice: error.advice };
  return { what: error instanceof Error ? error.message : String(error) };
}

const errorOf = ({ what, advice }: Reason): BertrandError =>
  new BertrandError(what, advice === undefined ? {} : { advice });

type Methods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

/**
 * The worker's side.
 * @param make is given what sends an event to the page, and returns what gives the part of the engine that has a method
 */
export function serve(make: (send: (event: EngineEvent) => void) => (method: string) => Promise<EngineApi>): void {
  const partWith = make((event) => self.postMessage({ event }));
  self.addEventListener('message', ({ data: { id, method, args } }: MessageEvent<Call>) => {
    void partWith(method)
      .then((part) => (part as unknown as Methods)[method](...args))
      .then((result): Answer => ({ id, result }))
      .catch((error: unknown): Answer => {
        if (!(error instanceof BertrandError)) console.error(error);
        return { id, error: reasonOf(error) };
      })
      .then((answer) => self.postMessage(answer));
  });
  self.postMessage(LISTENING);
}
