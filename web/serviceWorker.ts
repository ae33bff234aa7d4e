import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** What is kept only once it has been asked for: it is large, and not everyone needs it. */
const ON_DEMAND = /^(?:about|corpus)\/|\/gpu-browser-|\.map$/;

/** Writes the service worker, by which a visited page works offline, with the list of the files that it fetches beforehand. */
export const serviceWorker = (): Plugin => ({
  name: 'service worker',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const files = Object.keys(bundle).filter((name) => !ON_DEMAND.test(name));
      const source = readFileSync(new URL('./serviceWorker.js', import.meta.url), 'utf8');
      const version = createHash('sha256').update(source).update(files.join('\n')).digest('hex').slice(0, 12);
      const list = ['./', 'manifest.webmanifest', 'icon.svg', ...files.filter((name) => name !== 'index.html')];
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: source.replace('VERSION', version).replace("['FILES']", JSON.stringify(list)),
      });
    },
  },
});
