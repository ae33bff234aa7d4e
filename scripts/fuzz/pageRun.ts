import { readFileSync } from 'node:fs';
import { storedRun } from '../../web/src/engine/prepareRun.ts';
import { openFiles } from '../../web/src/engine/storage/openZips.ts';
import { filesOf } from '../../web/src/engine/storage/zip.ts';

// what a browser would provide for the page's code
Object.assign(globalThis, { BERTRAND_VERSION: '0', isSecureContext: true });
Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'none' }, configurable: true });

/** Opens a zip of a run as the page does when one is dropped on it. */
export async function openPageRun(path: string): Promise<void> {
  const files = await openFiles(await filesOf([{ path: 'run.zip', blob: new Blob([readFileSync(path)]) }]));
  const around = { base: 'http://localhost/', onProgress: () => {}, onSaved: () => {} };
  const opened = await storedRun(files, undefined, around);
  void opened.run.metrics;
  await opened.close();
}
