import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/**
 * A module of the project with all that it imports, built and minified as a page's would be: a script that leaves the
 * module's exports in the global variable `bundle`.
 * @param module path from the project's root
 */
export async function bundle(module: string): Promise<string> {
  const built = await build({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: true, target: 'es2022', lib: { entry: module, formats: ['iife'], name: 'bundle' } },
  });
  const [{ output }] = built as { output: { code: string }[] }[];
  return output[0].code;
}
