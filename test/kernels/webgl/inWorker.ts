import { losses } from './checks.ts';

/** Trains in a worker, on an OffscreenCanvas, and answers with the losses. */
postMessage(await losses('webgl2'));
