// Bundles the library with all that it imports to dist/browser, for pages without a build of their own: one module, and one more for
// each device, loaded when it is opened. Says nothing when all is well.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

await build({
  configFile: false,
  root,
  logLevel: 'error',
  // what reaches Node is never run in a browser
  plugins: [
    { name: 'without node', enforce: 'pre', load: (id) => (id.endsWith('.node.ts') ? 'export {}' : undefined) },
  ],
  build: {
    outDir: join(root, 'dist/browser'),
    target: 'es2022',
    minify: true,
    lib: { entry: join(root, 'src/index.ts'), formats: ['es'], fileName: () => 'bertrand.js' },
    rolldownOptions: { external: ['gpu.js'], output: { chunkFileNames: '[name].js' } },
    license: { fileName: 'licenses.md' }, // what is copied takes its licence along
  },
});
