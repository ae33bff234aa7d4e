import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { configView } from './src/engine/plan/configView.ts';

/** Has the default config checked when the page is built, so that a visitor need not wait for what checks configs. */
export const defaultView = (): Plugin => ({
  name: 'default view',
  enforce: 'pre',
  load(id) {
    const [file, query] = id.split('?');
    return query === 'view' ? `export default ${JSON.stringify(configView(readFileSync(file, 'utf8')))}` : undefined;
  },
});
