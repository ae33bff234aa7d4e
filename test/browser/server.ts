import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

export interface Served {
  /** Of an empty page that may import every module of the project by its path. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the project's own files, TypeScript included, to a browser on this machine, cross-origin isolated (so that there
 * is SharedArrayBuffer).
 * @param packages npm packages that the modules import: bundled before the first request, or the page would reload
 */
export async function serveProject(packages: readonly string[]): Promise<Served> {
  const server = await createServer({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    cacheDir: `node_modules/.vite/${packages.join('+').replaceAll('/', '-')}`,
    optimizeDeps: { include: [...packages], noDiscovery: true },
    server: {
      host: '127.0.0.1',
      port: 0,
      hmr: false,
      watch: null,
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    },
    plugins: [{ name: 'empty page', configureServer: ({ middlewares }) => void middlewares.use('/empty', emptyPage) }],
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (!address || typeof address === 'string') throw new Error(`the server has the address ${address}`);
  return { url: `http://127.0.0.1:${address.port}/empty`, close: () => server.close() };
}

function emptyPage(_: unknown, response: import('node:http').ServerResponse): void {
  response.setHeader('Content-Type', 'text/html');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
  response.end('<!doctype html><title>empty</title><link rel="icon" href="data:,">');
}
