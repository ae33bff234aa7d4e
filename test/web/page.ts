import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { test } from 'uvu';
import { build, preview } from 'vite';
import { temporaryFolder } from '../temporaryFolder.ts';

const configFile = fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url));

export interface Site {
  readonly url: string;
  /** What was built. */
  readonly folder: string;
  /** The paths that were asked for. */
  readonly requested: readonly string[];
  close(): Promise<void>;
}

/** Serves the page to the tests of a file, at whose end browser and server close. */
export async function siteFor(browser: Browser): Promise<Site> {
  const site = await serveSite();
  test.after(async () => {
    await browser.close();
    await site.close();
  });
  return site;
}

/** The built page, for all files of tests that a process runs. */
let built: Promise<string> | undefined;

async function buildPage(): Promise<string> {
  process.env.NODE_ENV = 'development'; // a shell, or Vite's server in this process, may have set it: the page is the same
  const outDir = temporaryFolder();
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  return outDir;
}

/** Serves the built page. `isolated` sends the headers that allow shared memory, as the preview does. */
export async function serveSite(isolated = true): Promise<Site> {
  return serveBuilt(await (built ??= buildPage()), isolated);
}

export async function serveBuilt(outDir: string, isolated: boolean): Promise<Site> {
  const headers = isolated ? {} : { headers: {} };
  const server = await preview({
    configFile: isolated ? configFile : false,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, ...headers },
  });
  const address = server.httpServer.address();
  if (!address || typeof address === 'string') throw new Error(`the server has the address ${address}`);
  const requested: string[] = [];
  server.httpServer.on('request', (request: IncomingMessage) => requested.push(request.url ?? ''));
  return { url: `http://127.0.0.1:${address.port}/`, folder: outDir, requested, close: () => server.close() };
}

const words =
  'the a king queen rules over land sea and people with grace every day while birds sing loudly in old trees'.split(
    ' ',
  );
/** Sentences in which each word is followed by the next of the list: easy to learn. */
export const text = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 40 }, (_, j) => words[(i + j) % words.length]).join(' '),
).join('\n\n');

/** A config that learns that text in 30 steps of milliseconds. */
export const config = (device: string, settings: Readonly<Record<string, string>> = {}): string => {
  const values = { steps: '30', out: 'runs/test', every: '10', best: 'true', ...settings };
  return `out: ${values.out}
device: ${device}
data: { documents: blank-line, validation: 0.1, sequenceLength: 16, tokenizer: { vocabSize: 60 } }
model: { layers: 1, embeddingSize: 16, heads: 2, feedForwardSize: 24 }
train: { steps: ${values.steps}, batchSize: 8, optimizer: { learningRate: 4e-2 }, schedule: { name: constant, warmup: 5 } }
validate: { every: 10, batches: 2 }
checkpoint: { every: ${values.every}, keep: 3, best: ${values.best} }
log: { every: 1 }
`;
};

/** Milliseconds: SwiftShader takes half a minute for WebGPU's shaders where other work is going on. */
const PATIENCE = 300_000;

/** The page, as a person uses it. */
export class Visit {
  readonly page: Page;
  /** Uncaught errors, and what the page's policy refused. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', ({ message }) => this.errors.push(message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) this.errors.push(message.text());
    });
  }

  /** A tab before it goes anywhere; in the same browser's storage as others if these are of its context. */
  static async blank(within: Browser | BrowserContext): Promise<Visit> {
    const context = 'newContext' in within ? await within.newContext() : within;
    return new Visit(await context.newPage());
  }

  static async open(within: Browser | BrowserContext, { url }: Site): Promise<Visit> {
    const visit = await Visit.blank(within);
    await visit.page.goto(url);
    return visit;
  }

  /** Writes a config and a text, as into a fresh page, and begins to train. */
  async train(yaml: string, own = text): Promise<void> {
    const { page } = this;
    await page.locator('#set-up > summary').click();
    await page.locator('#yaml').fill(yaml);
    await page.getByLabel('Your own').check();
    await page.getByLabel('Your text').fill(own);
    await page.locator('#set-up-summary', { hasText: '16 wide' }).waitFor();
    await page.locator('#start').click();
  }

  async reach(...phases: string[]): Promise<string> {
    await this.page.waitForFunction((phases) => phases.includes(document.documentElement.dataset.phase ?? ''), phases, {
      polling: 20,
    });
    return this.page.evaluate(() => document.documentElement.dataset.phase ?? '');
  }

  /** Waits until training has come so far; then pauses, if that is wanted, at once. */
  async step(step: number, pause = false): Promise<void> {
    await this.page.waitForFunction(
      ({ step, pause }) => {
        const control = document.querySelector('#control');
        const made = Number(/Step ([\d,]+)/.exec(control?.textContent ?? '')?.[1]?.replace(',', ''));
        if (!(made >= step)) return false;
        if (pause) control?.querySelector('button')?.click();
        return true;
      },
      { step, pause },
      { polling: 5 },
    );
  }

  /** The files of the last checkpoint, downloaded. */
  async download(): Promise<Record<string, Uint8Array>> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.locator('#control').getByText('Download').click(),
    ]);
    return unzipSync(readFileSync(await download.path()));
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

export interface Line {
  readonly event: string;
  readonly step: number;
  readonly loss: number;
}

/** The lines of a run's metrics. */
export const linesOf = (files: Record<string, Uint8Array>): Line[] =>
  textOf(files, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

export function textOf(files: Record<string, Uint8Array>, name: string): string {
  const path = Object.keys(files).find((path) => path.endsWith(name));
  if (path === undefined) throw new Error(`there is no ${name} among ${Object.keys(files).join(', ')}`);
  return new TextDecoder().decode(files[path]);
}
