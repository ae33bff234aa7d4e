#!/usr/bin/env node
// The command line. In a clone it first makes ready what is not; the published package has no scripts and is ready.
import { existsSync } from 'node:fs';

const scripts = new URL('../scripts/setup/setUp.mjs', import.meta.url);
if (existsSync(scripts)) {
  const { setUp } = await import(scripts.href);
  setUp({ dist: true });
}
try {
  await import('../dist/cli/earlySignal.js'); // before all others, which take a while
  await import('../dist/cli.js');
} catch (error) {
  if (error?.code !== 'EMFILE') throw error;
  console.error('too many files are open for this process (EMFILE); allow it 256 of them: ulimit -n 256');
  process.exitCode = 1;
}
