import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const FILES: Readonly<Record<string, string>> = {
  'about/license.txt': '../LICENSE',
  'about/model.txt': '../docs/model.md',
  'about/web.txt': '../docs/web.md',
};

/** Puts the licence and the documents about the page next to it, so that it can link to them wherever it lies. */
export const about = (): Plugin => ({
  name: 'about',
  apply: 'build',
  generateBundle() {
    for (const [fileName, from] of Object.entries(FILES))
      this.emitFile({ type: 'asset', fileName, source: readFileSync(new URL(from, import.meta.url), 'utf8') });
  },
});
