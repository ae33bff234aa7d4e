import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const src = fileURLToPath(new URL('../src', import.meta.url));
/** Each layer and those it may import; a file right in src is a layer of its own. */
const allowed: Record<string, readonly string[]> = {
  'error.ts': [],
  kernels: ['error.ts'],
  data: ['error.ts'],
  autograd: ['kernels', 'error.ts'],
  bert: ['autograd', 'kernels', 'error.ts'],
  train: ['bert', 'autograd', 'kernels', 'data', 'error.ts'],
  cli: ['train', 'bert', 'autograd', 'kernels', 'data', 'error.ts'],
  'cli.ts': ['cli', 'train', 'bert', 'autograd', 'kernels', 'data', 'error.ts'],
  'index.ts': ['train', 'bert', 'autograd', 'kernels', 'data', 'error.ts'],
  'index.node.ts': ['index.ts', 'train', 'data'],
};

const files = (readdirSync(src, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts') && !file.includes('assembly') && !file.includes('.generated.'))
  .map((file) => file.replaceAll('\\', '/'));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, path = '']) =>
    path.startsWith('.') ? relative(src, join(src, dirname(file), path)).replaceAll('\\', '/') : path,
  );
}

test('layers import only those below them', () => {
  const wrong = [...imports].flatMap(([file, paths]) => {
    const layer = file.split('/')[0] ?? '';
    return paths
      .filter((path) => path.endsWith('.ts'))
      .filter((path) => path.split('/')[0] !== layer && !allowed[layer]?.includes(path.split('/')[0] ?? ''))
      .map((path) => `${file} imports ${path}`);
  });
  assert.equal(wrong, []);
});

test('there is no cycle of imports', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.not(path.includes(file), [...path, file].join(' -> '));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) if (imports.has(next)) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.is(done.size, files.length);
});

test('only files named .node.ts, and the command line, need Node', () => {
  const wrong = [...imports].filter(
    ([file, paths]) =>
      paths.some((path) => path.startsWith('node:')) && !file.endsWith('.node.ts') && !file.startsWith('cli'),
  );
  assert.equal(
    wrong.map(([file]) => file),
    [],
  );
});

test.run();
