/** Carries commands of WebDriver (https://www.w3.org/TR/webdriver2) to a browser, and brings what they resolve to. */
export type Send = (command: 'navigate' | 'call', parameters: object) => Promise<unknown>;

type Outcome<R> = { readonly value: R } | { readonly error: string };

/** A browser that is driven by two commands of WebDriver, which all have, whatever carries them. */
export class Automated {
  readonly #send: Send;
  #calls = 0;
  readonly close: () => Promise<void>;

  constructor(send: Send, close: () => Promise<void>) {
    this.#send = send;
    this.close = close;
  }

  /** Resolves when the page has loaded. */
  async goTo(url: string): Promise<void> {
    await this.#send('navigate', { url });
  }

  /** Calls a function in the page and resolves to what it returns; it sees its arguments (plain data) and the page, nothing else. */
  async call<A extends readonly unknown[], R>(called: (...args: A) => R | Promise<R>, ...args: A): Promise<R> {
    const script = `
      const [id, args, done] = arguments;
      const called = (window.called ??= new Map());
      if (!called.has(id)) called.set(id, Promise.resolve().then(() => (${String(called)})(...args)));
      called.get(id).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const outcome = (await this.#answer({ script, args: [this.#calls++, args] })) as Outcome<R>;
    if ('error' in outcome) throw new Error(outcome.error);
    return outcome.value;
  }

  /** WebKitWebDriver garbles an answer now and then. It is asked again for that of the same call, which is not made twice. */
  async #answer(parameters: object): Promise<unknown> {
    for (let tries = 1; ; tries++)
      try {
        return await this.#send('call', parameters);
      } catch (error) {
        if (tries === 3 || !String(error).includes('Could not parse script result')) throw error;
      }
  }
}

/** Milliseconds that a call may take: WebDriver's own limit is half of what a slow machine needs. */
export const PATIENCE = 60_000;
