import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attentionWorks } from '../../../src/kernels/webgpu/kernels/attention/attentionTrial.ts';
import { matrixTiles } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';
import { triedMatrices } from '../../../src/kernels/webgpu/kernels/matmul/matrixTrial.ts';
import { openEmulation } from './openEmulated.ts';
import { canTest } from './openForTests.ts';

const large: MatrixUnit = { operand: 'f32', m: 32, n: 32, k: 16, subgroup: 32, fixed: false };
const tiles = matrixTiles.filter(({ side, straight }) => side === 64 || straight);
const two = tiles.filter(({ side }) => side === 64);
const traits = { workgroupBytes: 32768, leastSubgroup: 0, invocations: 256, arrays: 8 };

/** What the trial of products finds if the driver makes this of the emulated shaders. */
async function found(rewrite?: (code: string) => string, tried = tiles) {
  const { device, close } = await openEmulation(large, rewrite);
  const matrices = await triedMatrices(device, { unit: large, tiles: tried, sameBits: false });
  close();
  return matrices;
}

/** A driver that swaps rows and columns of operands of that array. */
const swaps = (array: string) => (code: string) =>
  code.replaceAll(new RegExp(`${array}\\[(\\w+)\\.x \\+ (\\w+) \\* \\w+\\.y \\+ (\\w+)\\]`, 'g'), `${array}[$1.x + $3 * $1.y + $2]`); // prettier-ignore
/** One that keeps only eleven bits of each sum. */
const rounds = (code: string): string =>
  code.replace('sums[i] = sum;', 'sums[i] = bitcast<f32>(bitcast<u32>(sum) & 0xffffe000u);');

if (await canTest()) {
  test('all tiles of a right driver pass, those from 64 x 64 a subgroup and straight from arrays too', async () => {
    assert.equal(await found(), { unit: large, tiles, sameBits: true });
  });

  test('a driver that is wrong is found out; one that is wrong only straight from arrays loses these tiles', async () => {
    assert.is(await found(swaps('a_tile'), two.slice(0, 1)), undefined);
    assert.is(await found(rounds, two.slice(0, 1)), undefined);
    assert.equal((await found(swaps('b'), two))?.tiles, two.slice(0, 1));
  });

  test("attention's trial passes a right driver and no wrong one", async () => {
    const unit: MatrixUnit = { operand: 'f32', m: 16, n: 16, k: 16, subgroup: 32, fixed: false };
    for (const [rewrite, expected] of [[undefined, true] as const, [swaps('streamed'), false] as const]) {
      const { device, close } = await openEmulation(unit, rewrite);
      assert.is(await attentionWorks(device, unit, traits), expected);
      close();
    }
  });
}

test.run();
