import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toggles } from '../../../src/kernels/webgpu/engine/adapter/dawn.node.ts';

test('Dawn has every toggle that it is asked for: it ignores unknown names silently', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('webgpu'));
  const platform = `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`;
  const binary = readFileSync(join(folder, 'dist', platform, 'dawn.node'), 'latin1');
  const names = [...toggles.enabled, ...toggles.disabled];
  assert.ok(names.includes('vulkan_enable_f16_on_nvidia'));
  assert.equal(
    names.filter((name) => !binary.includes(`\0${name}\0`)),
    [],
  );
  assert.not.ok(binary.includes('\0no_such_toggle\0'));
});

test.run();
