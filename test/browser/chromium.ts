import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

/** Where installers put Chromium, Chrome or Edge. */
const places = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * WebGL and WebGPU on SwiftShader, so that the tests need no GPU and are the same everywhere. The page itself is then
 * drawn by it, too, at about ten times the processor's time of a browser that has no GPU.
 */
const swiftShader = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--ignore-gpu-blocklist',
];

const flags = [
  '--no-sandbox', // Chromium's own sandbox does not work for root, which CI is
  // Nothing leaves the machine.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-pings',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
];

let said = false;

/**
 * Headless Chromium: that of the environment variable CHROMIUM, or one in a usual place. Where there is none: nothing,
 * and a line that says so; in CI an error.
 * @param gpu whether it has one, which is SwiftShader
 */
export async function openChromium(gpu = true): Promise<Browser | undefined> {
  const executablePath = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
  if (executablePath) return chromium.launch({ executablePath, args: gpu ? [...flags, ...swiftShader] : flags });
  const missing = 'no Chromium found: install it, or set CHROMIUM to the path of its executable';
  if (process.env.CI) throw new Error(missing);
  if (!said) console.log(`\nnothing is tested in a browser: ${missing}`);
  said = true;
  return undefined;
}

/**
 * Imports a module of the project in the page and resolves to what its exported function returns (plain data).
 * @param module path from the project's root, for example `test/kernels/webgl/browserChecks.ts`
 */
export function callInPage<R>(page: Page, module: string, name: string, ...args: readonly unknown[]): Promise<R> {
  return page.evaluate(
    async ({ path, name, args }) => {
      const exports = (await import(path)) as Record<string, (...args: readonly unknown[]) => unknown>;
      const called = exports[name];
      if (!called) throw new Error(`${path} exports no ${name}`);
      return (await called(...args)) as R;
    },
    { path: `/${module}`, name, args },
  );
}
