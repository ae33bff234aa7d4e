import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import type { Plugin } from 'vite';

const checker = fileURLToPath(new URL('./src/engine/plan/configView.ts', import.meta.url));

/** Has the default config checked when the page is built, so that a visitor need not wait for what checks configs. */
export const defaultView = (): Plugin => ({
  name: 'default view',
  enforce: 'pre',
  async load(id) {
    const [file, query] = id.split('?');
    if (query !== 'view') return undefined;
    const { module } = await runnerImport<typeof import('./src/engine/plan/configView.ts')>(checker);
    return `export default ${JSON.stringify(module.configView(readFileSync(file, 'utf8')))}`;
  },
});
