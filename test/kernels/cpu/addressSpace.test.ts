import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openCpu } from '../../../src/kernels/cpu/index.ts';

const index = new URL('../../../src/kernels/cpu/index.ts', import.meta.url).href;

/** The output of a program that opens the device with only this many GiB of address space in addition to what it already uses. */
function openWithin(gibibytes: number, flags: readonly string[], options: object): string {
  const code = `
    import { execFileSync } from 'node:child_process';
    import { readFileSync } from 'node:fs';
    import { openCpu } from '${index}';
    const used = 1024 * Number(/VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (used + ${gibibytes * 2 ** 30})]);
    try {
      const device = await openCpu(${JSON.stringify(options)});
      const x = device.upload('f32', new Float32Array(1e6).fill(1));
      const { y } = device.launch('add', { a: x, b: x }, { size: 1e6 });
      console.log(String((await device.read(y))[999999]), device.description);
      await device.close();
    } catch (error) {
      console.log(error.name, error.message);
    }`;
  const args = [...flags, '--import', 'tsx', '--input-type=module', '-e', code];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return stdout + stderr;
}

test('with too little address space for WebAssembly there is one error, with advice', () => {
  const said = openWithin(6, [], {});
  assert.match(said, /^BertrandError the cpu device cannot reserve memory: .*--disable-wasm-trap-handler/);
});

test('the advice works', () => {
  const said = openWithin(3, ['--disable-wasm-trap-handler'], { threads: 1 });
  assert.match(said, /^2 1 thread, WebAssembly SIMD/);
});

test('threads and a BLAS that lack address space are left out, and the description says so', () => {
  const said = openWithin(6.5, ['--disable-wasm-trap-handler'], { threads: 12 });
  assert.match(said, /^2 \d threads? \(of 12: the address space limit allows no more\), /);
  assert.match(said, /no BLAS: the address space limit allows none|BLAS not needed/);
});

test('many more threads than cores are not started', async () => {
  const device = await openCpu({ threads: 300, products: 'wasm' });
  assert.match(device.description, /^\d+ threads \(of 300: there are \d+ cores\), /);
  await device.close();
});

test.run();
