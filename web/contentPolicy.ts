import type { Plugin } from 'vite';

/**
 * What the page may load and run, and where it may send: only its own files. Everything that is not named is refused.
 * The workers run under it too, since each is started from a blob, which inherits the policy of the page; a worker from an
 * address would have that of its own response, which a file server does not send. Only the service worker has to be one:
 * the page's first module narrows 'self' to its address (web/src/offline.ts), which is not known when the page is built.
 */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'", // the cpu device compiles its kernels
  'worker-src': "blob: 'self'",
  'connect-src': "'self'", // the addresses that come with the page
  'style-src': "'self'",
  'img-src': "'self' data:", // the icon
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** Writes the policy into the built page. Vite's server for development writes styles into the page, and is left out. */
export const contentPolicy = (): Plugin => ({
  name: 'content policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: {
        'http-equiv': 'Content-Security-Policy',
        content: Object.entries(POLICY)
          .map(([directive, sources]) => `${directive} ${sources}`)
          .join('; '),
      },
      injectTo: 'head-prepend',
    },
  ],
});
