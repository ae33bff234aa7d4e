/** Whether the page was built, not served for development. */
declare const BERTRAND_BUILT: boolean;

/**
 * A worker from an address does not take the page's policy (see web/contentPolicy.ts). The service worker has to be one; so the
 * policy is narrowed, before anything else runs, from all of the page's files to that one and to the engine's parts: Firefox asks
 * this directive, too, about what the modules of a worker import. As a worker of its own none of them does anything.
 */
const address = new URL('sw.js', document.baseURI).href;
const engineParts = new URL('assets/engine/', document.baseURI).href;
if (BERTRAND_BUILT) {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = `worker-src blob: ${address} ${engineParts}`.replaceAll(/[;,]/g, encodeURIComponent);
  document.head.append(policy);
}

/** Lets the page be opened without a network once it has been visited. Not all browsers can, and nothing depends on it. */
export function workOffline(): void {
  if (BERTRAND_BUILT && 'serviceWorker' in navigator) navigator.serviceWorker.register(address).catch(() => {});
}
