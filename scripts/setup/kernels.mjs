// Compiles AssemblyScript to WebAssembly, plain SIMD and fused multiply-add, and embeds each in a TypeScript file, so that no reader
// has to load another kind of file, and a page fetches the one that it needs. Says nothing when all is well.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { tsImport } from 'tsx/esm/api';
import { fingerprint } from './built.mjs';
import { kernels } from './setUp.mjs';

const { KERNEL_CONSTANTS, PAIR_CONSTANTS } = await tsImport('../../src/kernels/cpu/jobs/layout.ts', import.meta.url);
const { missingFrom, readers, writers } = await tsImport('./jobCode.ts', import.meta.url);

const root = fileURLToPath(new URL('../..', import.meta.url));
const cpu = join(root, 'src/kernels/cpu');
// Memory up to 4 GiB, all that 32-bit addresses reach. Warning 112 is that v128 cannot be passed to JavaScript.
const FLAGS =
  '-O3 --noAssert --runtime stub --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --disableWarning 112';

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
    String(constants),
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
  const errors = messages
    .join('')
    .split('\n\n')
    .filter((message) => !message.startsWith('WARNING'));
  if (result.error) fail(`assembly/${entry}.ts (${features}) does not compile\n${errors.join('\n\n')}`);
  return Buffer.from(wasm).toString('base64');
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}

writeFileSync(join(cpu, 'assembly/jobs.generated.ts'), readers());
writeFileSync(join(cpu, 'jobs/writers.generated.ts'), writers());
const from = fingerprint(root, kernels.from);
const simd = 'simd,threads';
const variants = { plain: simd, fused: `${simd},relaxed-simd` };
for (const [name, features] of Object.entries(variants)) {
  const main = await compile('index', features, KERNEL_CONSTANTS);
  const pairs = await compile('pairs/pairs', features, PAIR_CONSTANTS);
  const missing = name === 'plain' ? missingFrom(Buffer.from(main, 'base64')) : []; // old Nodes cannot compile the other
  if (missing.length > 0) fail(`assembly/index.ts does not export what is in jobs/table.ts: ${missing.join(', ')}`);
  writeFileSync(
    join(cpu, `engine/${name}.generated.ts`),
    `// Made by scripts/setup/kernels.mjs of assembly/ as it was at ${from}.
export const main: string = '${main}';
export const pairs: string = '${pairs}';
`,
  );
}
