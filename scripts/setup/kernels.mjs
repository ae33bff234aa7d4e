// Compiles AssemblyScript to WebAssembly, plain SIMD and fused multiply-add, and embeds it in a TypeScript file, so that no reader
// has to load a file. Says nothing when all is well.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { fingerprint } from './built.mjs';
import { kernels } from './setUp.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cpu = join(root, 'src/kernels/cpu');
// Memory up to 4 GiB, all that 32-bit addresses reach. Warning 112 is that v128 cannot be passed to JavaScript.
const FLAGS =
  '-O3 --noAssert --runtime stub --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --disableWarning 112';

// Where constants begin in the memory that both modules share: after the job block, and far enough behind those.
const [KERNEL_CONSTANTS, PAIR_CONSTANTS] = ['1024', '32768'];

async function compile(entry, features, constants) {
  const options = [
    `assembly/${entry}.ts`,
    '--baseDir',
    cpu,
    '--outFile',
    'kernels.wasm',
    '--enable',
    features,
    '--memoryBase',
    constants,
  ];
  const messages = [];
  let wasm;
  const result = await asc.main([...options, ...FLAGS.split(' ')], {
    stderr: { write: (text) => void messages.push(text) },
    writeFile: (_, contents) => void (wasm = contents),
    readFile: (name, base) => {
      try {
        return readFileSync(join(base, name), 'utf8');
      } catch {
        return null;
      }
    },
  });
  if (result.error) {
    console.error(`assembly/${entry}.ts (${features}) does not compile\n${messages.join('')}${result.error.message}`);
    process.exit(1);
  }
  return Buffer.from(wasm).toString('base64');
}

const from = fingerprint(root, kernels.from);
const simd = 'simd,threads';
const modules = {
  plain: await compile('index', simd, KERNEL_CONSTANTS),
  fused: await compile('index', `${simd},relaxed-simd`, KERNEL_CONSTANTS),
  plainPairs: await compile('pairs/pairs', simd, PAIR_CONSTANTS),
  fusedPairs: await compile('pairs/pairs', `${simd},relaxed-simd`, PAIR_CONSTANTS),
};
const lines = Object.entries(modules).map(([name, base64]) => `export const ${name} = '${base64}';\n`);
const head = `// Made by scripts/setup/kernels.mjs of assembly/ as it was at ${from}.\n`;
writeFileSync(join(root, kernels.bearer), head + lines.join(''));
