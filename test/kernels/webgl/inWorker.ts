import { losses } from './checks.ts';

/** Trains in a worker, on an OffscreenCanvas, and posts the losses. */
postMessage(await losses('webgl2'));
