import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** A file of the project, as a path from its root, or a package's name. */
  readonly target: string;
  /** Whether it is loaded on demand: `import(...)`. */
  readonly dynamic: boolean;
}

/** What each TypeScript file of these folders imports, generated files apart. Paths begin at the project's root. */
export function readImports(folders: readonly string[]): Map<string, readonly Import[]> {
  const files = folders.flatMap((folder) =>
    (readdirSync(root + folder, { recursive: true }) as string[])
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => file.endsWith('.ts') && !file.includes('.generated.')),
  );
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const text = readFileSync(root + file, 'utf8');
      const found = [...text.matchAll(/\b(?:from|import)\s*(\(?)\s*'([^']+)'/g)];
      return [file, found.map(([, call, path]) => ({ target: targetOf(file, path, known), dynamic: call === '(' }))];
    }),
  );
}

function targetOf(file: string, path: string, known: ReadonlySet<string>): string {
  if (!path.startsWith('.')) return path;
  const target = join(dirname(file), path);
  return known.has(`${target}.ts`) ? `${target}.ts` : target; // AssemblyScript leaves `.ts` out
}
