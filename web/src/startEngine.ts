// eslint-disable-next-line import/default -- vite turns it into an address
import workerUrl from './engine/worker.ts?worker&url';

/**
 * Starts the worker in which the engine lives. It is started from a blob, which inherits the page's Content-Security-Policy
 * (see web/contentPolicy.ts), and imports the engine; what fails on the way is an error event of the worker.
 */
export function startEngine(): Worker {
  const address = JSON.stringify(new URL(workerUrl, document.baseURI).href);
  const source = `import(${address}).catch((error) => setTimeout(() => { throw error; }));`;
  const blob = new Blob([source], { type: 'text/javascript' });
  return new Worker(URL.createObjectURL(blob), { type: 'module', name: document.baseURI });
}
