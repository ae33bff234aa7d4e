/** A browser's Worker over those of Node, as far as jax-js needs it: made of a blob's address, spoken to by messages. */
import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';

const prelude = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (...message) => parentPort.postMessage(...message);
parentPort.on('message', (data) => self.onmessage({ data }));
`;

/** @param count what the library sees as the number of cores, by which it chooses how many workers to start */
export function install(count) {
  const navigator = { hardwareConcurrency: count, userAgent: 'node' };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  globalThis.Worker = class {
    #worker;

    constructor(address) {
      this.#worker = this.#start(String(address));
    }

    async #start(address) {
      const source = await resolveObjectURL(address).text();
      const worker = new NodeWorker(prelude + source, { eval: true });
      worker.on('message', (data) => this.onmessage?.({ data }));
      worker.on('error', (error) => this.onerror?.(error));
      return worker;
    }

    async postMessage(...message) {
      (await this.#worker).postMessage(...message);
    }

    async terminate() {
      await (await this.#worker).terminate();
    }
  };
}
