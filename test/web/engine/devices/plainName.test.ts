import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainName } from '../../../../web/src/engine/devices/plainName.ts';

const names: [string, string][] = [
  ['ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Laptop GPU (0x00002520) Direct3D11 vs_5_0 ps_5_0, D3D11)', 'NVIDIA GeForce RTX 3060 Laptop GPU'],
  ['ANGLE (Apple, ANGLE Metal Renderer: Apple M1 Pro, Unspecified Version)', 'Apple M1 Pro'],
  ['ANGLE (Intel, Mesa Intel(R) UHD Graphics 620 (KBL GT2), OpenGL 4.6)', 'Intel UHD Graphics 620 (KBL GT2)'],
  ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)', 'SwiftShader'],
  ['llvmpipe (LLVM 15.0.6, 256 bits)', 'llvmpipe'],
  ['nvidia ampere', 'NVIDIA (ampere)'],
  ['apple metal-3', 'Apple (metal-3)'],
  ['Adreno (TM) 640', 'Adreno 640'],
  ['a GPU without a name', 'a graphics card without a name'],
]; // prettier-ignore

test('a graphics card is called by its name', () => {
  for (const [adapter, name] of names) assert.is(plainName(adapter), name);
});

test.run();
