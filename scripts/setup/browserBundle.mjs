// Bundles the library with all that it imports to dist/browser, for pages without a build of their own: one module, and one more for
// each device, loaded when it is opened. Says nothing when all is well.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const made = join(root, 'dist/browser');
/** Built beside its place, and moved there whole: several may pack at once. */
const beside = join(root, `dist/.browser-${process.pid}`);

await build({
  configFile: false,
  root,
  logLevel: 'error',
  // what reaches Node is never run in a browser
  plugins: [
    { name: 'without node', enforce: 'pre', load: (id) => (id.endsWith('.node.ts') ? 'export {}' : undefined) },
  ],
  build: {
    outDir: beside,
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: () => 'bertrand.js' },
    rolldownOptions: { external: ['gpu.js'], output: { chunkFileNames: '[name].js' } },
    license: { fileName: 'licenses.md' }, // what is copied takes its licence along
  },
});

if (existsSync(made)) rmSync(beside, { recursive: true });
else renameSync(beside, made);
