import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE } from '../browser/automated/automated.ts';
import type { Automated } from '../browser/automated/automated.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { serveBuilt, text } from './page.ts';
import type { Site } from './page.ts';

/** Notes in the page, before anything of its own runs, uncaught errors and what its policy refuses. */
const WITNESS = `
window.seen = [];
for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation'])
  addEventListener(kind, ({ message, reason, violatedDirective, blockedURI }) =>
    seen.push([kind, message ?? reason ?? violatedDirective, blockedURI].filter(Boolean).join(' ')));
`;

/** Serves the built page with a witness of its errors, of which WebDriver tells nothing. */
export function serveWitnessed({ folder: built }: Site): Promise<Site> {
  const folder = temporaryFolder({ 'witness.js': WITNESS });
  cpSync(built, folder, { recursive: true });
  const index = join(folder, 'index.html');
  const page = readFileSync(index, 'utf8').replace('<script ', '<script src="./witness.js"></script>$&');
  writeFileSync(index, page);
  return serveBuilt(folder, true);
}

/** What the page has found to compute on. */
export const DEVICES = '.radios[aria-label="Device"]';

/** The page in a browser that WebDriver drives: in Firefox or WebKitGTK. */
export class AutomatedVisit {
  readonly #browser: Automated;

  private constructor(browser: Automated) {
    this.#browser = browser;
  }

  /** Resolves when the page knows its devices. */
  static async open(browser: Automated, { url }: Site): Promise<AutomatedVisit> {
    await browser.goTo(url);
    const visit = new AutomatedVisit(browser);
    await visit.until(/^Device(?!.*Looking)/, DEVICES);
    return visit;
  }

  /** The text of an element, as it stands in the page. */
  text(selector: string): Promise<string> {
    return this.#browser.call((selector) => document.querySelector(selector)?.textContent ?? '', selector);
  }

  /** Waits until an element's text is such, and resolves to it. */
  async until(expected: RegExp, selector: string): Promise<string> {
    for (const begin = performance.now(); ; await pause(100)) {
      const found = await this.text(selector);
      if (expected.test(found)) return found;
      const said = await this.text('#alert');
      if (said !== '') throw new Error(`the page says: ${said}`);
      if (performance.now() - begin > PATIENCE) throw new Error(`${selector} is not ${expected}, but: ${found}`);
    }
  }

  async press(selector: string): Promise<void> {
    await this.#browser.call((selector) => document.querySelector<HTMLElement>(selector)!.click(), selector);
  }

  /** What went wrong in the page without being caught, or was refused by its policy. */
  errors(): Promise<readonly string[]> {
    return this.#browser.call(() => (window as unknown as { seen: readonly string[] }).seen);
  }

  /** Opens the run that is offered, and resolves to its loss as the page shows it. */
  async goOn(): Promise<string> {
    await this.press('#continue');
    await this.until(/^Finished/, '#control');
    return lossIn(await this.text('#learning'));
  }

  /** Trains to the end, and resolves to the loss as the page shows it. */
  async train(yaml: string): Promise<string> {
    await this.#browser.call(
      (yaml, text) => {
        document.querySelector<HTMLElement>('#set-up > summary')?.click();
        Array.from(document.querySelectorAll('label'))
          .find(({ textContent }) => textContent?.includes('Your own'))
          ?.click();
        for (const [selector, value] of [
          ['#yaml', yaml],
          ['[aria-label="Your text"]', text],
        ]) {
          const field = document.querySelector<HTMLTextAreaElement>(selector)!;
          field.value = value;
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }
      },
      yaml,
      text,
    );
    await this.until(/your own text .* 16 wide/, '#set-up-summary');
    await this.press('#start');
    await this.until(/^Finished/, '#control');
    return lossIn(await this.text('#learning'));
  }
}

/** The loss that the page shows under its curves. */
export function lossIn(learning: string): string {
  const loss = /Loss\s*(\d\.\d+)\s*Guessed right/.exec(learning)?.[1];
  if (loss === undefined) throw new Error(`there is no loss in: ${learning}`);
  return loss;
}
