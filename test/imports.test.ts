import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readImports } from '../scripts/house/imports.ts';
import type { Import } from '../scripts/house/imports.ts';
import { levelsOf } from '../scripts/house/levels.ts';

const roots = ['src', 'web/src'];
const imports = readImports(roots);
const below = ['bert', 'autograd', 'ranks', 'kernels', 'data', 'error.ts'];

/** Each layer and those it may import; a file directly in src is its own layer. */
const allowed: Record<string, readonly string[]> = {
  'error.ts': [],
  kernels: ['error.ts'],
  data: ['error.ts'],
  ranks: ['kernels', 'error.ts'],
  autograd: ['kernels', 'error.ts'],
  bert: ['autograd', 'kernels', 'error.ts'],
  train: below,
  cli: ['train', ...below],
  'cli.ts': ['cli', 'train', ...below],
  'index.ts': ['train', ...below],
  'index.node.ts': ['index.ts', 'train', 'data'],
  web: ['train', ...below],
};

/** `src/train/loop.ts` is of the layer `train`, all of web of the layer `web`. */
function layerOf(file: string): string {
  const [root, layer] = file.split('/');
  return root === 'src' ? layer : root;
}

const isCommand = (file: string): boolean => ['cli', 'cli.ts'].includes(layerOf(file));
/** Other files use `import('./x.node.ts')` in code that only Node runs. */
const needsNode = ({ target, dynamic }: Import): boolean =>
  target.startsWith('node:') || (target.endsWith('.node.ts') && !dynamic);

test('all of src and of the page is read', () => {
  for (const layer of Object.keys(allowed))
    assert.ok(
      [...imports].some(([file, found]) => layerOf(file) === layer && (found.length > 0 || layer === 'error.ts')),
    );
});

test('layers import only those below them', () => {
  const wrong = [...imports].flatMap(([file, found]) =>
    found
      .filter(({ target }) => /^(src|web)\//.test(target) && layerOf(target) !== layerOf(file))
      .filter(({ target }) => !allowed[layerOf(file)]?.includes(layerOf(target)))
      .map(({ target }) => `${file} imports ${target}`),
  );
  assert.equal(wrong, []);
});

test('there is no cycle of imports', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.not(path.includes(file), [...path, file].join(' -> '));
    if (done.has(file)) return;
    for (const { target } of imports.get(file) ?? []) if (imports.has(target)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  assert.is(done.size, imports.size);
});

test('no two files or folders of one folder import each other', () => {
  const wrong = levelsOf(imports, roots).flatMap(({ folder, mutual }) => mutual.map((arrow) => `${folder}: ${arrow}`));
  assert.equal(wrong, []);
});

test('only files named .node.ts, and the command line, need Node', () => {
  const wrong = [...imports].flatMap(([file, found]) =>
    file.endsWith('.node.ts') || isCommand(file)
      ? []
      : found.filter(needsNode).map(({ target }) => `${file} imports ${target}`),
  );
  assert.equal(wrong, []);
});

test('the page imports nothing that needs Node, not even when it is called for', () => {
  const wrong = [...imports].flatMap(([file, found]) =>
    layerOf(file) === 'web'
      ? found.filter(({ target }) => /^node:|\.node\.ts$/.test(target)).map(({ target }) => `${file} imports ${target}`)
      : [],
  );
  assert.equal(wrong, []);
});

test.run();
