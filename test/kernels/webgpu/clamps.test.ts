import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tiles } from '../../../src/kernels/webgpu/kernels/matmul/matmulTile.ts';
import { openForTests } from './openForTests.ts';

const webgpu = await openForTests();

if (webgpu) {
  test("no index is clamped in a product's inner loop: Dawn sees that all are in range", async () => {
    const script = fileURLToPath(new URL('compiledText.node.ts', import.meta.url));
    const run = promisify(execFile)(process.execPath, ['--import', 'tsx', script], { maxBuffer: 2 ** 26 });
    const { stdout, stderr } = await run;
    const inner = `${stdout}${stderr}`
      .split(/\bOpEntryPoint\b/)
      .slice(1)
      .map(innermost);
    assert.is(inner.length, tiles.length);
    for (const [i, text] of inner.entries()) {
      const { side, perThread } = tiles[i];
      assert.is(text.split('OpExtInst').length - 1, (perThread * perThread) / 4, `${side}: a loop of nothing but fma`);
      assert.not.match(text, /Min|Clamp/);
    }
  });

  test.after(() => webgpu.close());
}

/** The SPIR-V of the last loop before the first barrier: that which multiplies. */
function innermost(spirv: string): string {
  const [before] = spirv.split('OpControlBarrier');
  return before.slice(before.lastIndexOf('OpLoopMerge'));
}

test.run();
