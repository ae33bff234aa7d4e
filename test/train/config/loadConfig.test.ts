import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig, loadRunConfig } from '../../../src/train/config/loadConfig.node.ts';
import { linesOf } from './problemsOf.ts';

const folder = mkdtempSync(join(tmpdir(), 'bertrand-'));
test.after(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('a file is read and changed by settings', () => {
  assert.is(loadConfig(file('good.yaml', 'seed: 3\nout: x\n'), ['seed=4']).seed, 4);
});

test('a problem in a file is reported with the path as given', () => {
  const path = file('bad.yaml', 'seed: x\n');
  assert.match(linesOf(() => loadConfig(path))[0], `${path}:1:7: seed: found the text "x"`);
});

test("of a run's config the words on devices count only where they are right", () => {
  const path = file(
    'run.yaml',
    'device: gpu\ncpu: { blas: off, products: ./x.so, threads: 0, cores: 2, tile: wide }\nseed: 3\n',
  );
  const { seed, device, cpu } = loadRunConfig(path);
  assert.equal(
    { seed, device, cpu },
    { seed: 3, device: 'auto', cpu: { threads: 'auto', products: 'auto', tile: 'wide' } },
  );
  assert.is(linesOf(() => loadRunConfig(file('bad-run.yaml', 'device: gpu\nseed: x\n'))).length, 1);
});

test('a missing file is reported, with the one that was likely meant', () => {
  file('small.yaml', '{}');
  const path = join(folder, 'smal.yaml');
  assert.equal(
    linesOf(() => loadConfig(path)),
    [`${path}: found no such file; expected a config in YAML; did you mean ${join(folder, 'small.yaml')}?`],
  );
  assert.equal(
    linesOf(() => loadConfig('/nowhere/x.yaml')),
    ['/nowhere/x.yaml: found no such file; expected a config in YAML; check the path'],
  );
});

test('a folder is reported, with the configs in it', () => {
  assert.match(linesOf(() => loadConfig(folder))[0], /found a folder; .* name a file in it: .*small\.yaml/);
});

test('a path through a file, and bytes that are not UTF-8, are reported', () => {
  assert.match(
    linesOf(() => loadConfig(join(file('f.yaml', '{}'), 'x')))[0],
    /found a file that cannot be read: a part of the path is a file, not a folder \(ENOTDIR/,
  );
  assert.match(
    linesOf(() => loadConfig(file('latin1.yaml', Uint8Array.of(0x6f, 0xe9))))[0],
    /found bytes that are not UTF-8/,
  );
});

test('what is far too large to be a config, and what is no file, is not read', () => {
  assert.match(linesOf(() => loadConfig(file('large.yaml', ' '.repeat(600_000))))[0], /found 600,000 characters/);
  assert.match(linesOf(() => loadConfig('/dev/zero'))[0], /found a device or a pipe; expected a config in YAML/);
});

const configs = fileURLToPath(new URL('../../../configs/', import.meta.url));
for (const name of readdirSync(configs).filter((name) => name.endsWith('.yaml') && !name.startsWith('finetune-')))
  test(`configs/${name} is valid, names its schema and says what it is for`, () => {
    loadConfig(configs + name);
    const [schema, , purpose] = readFileSync(configs + name, 'utf8').split('\n');
    assert.is(schema, '# yaml-language-server: $schema=./schema.json');
    assert.match(purpose, /^# \S.{30,}/);
  });

test.run();
