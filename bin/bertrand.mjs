#!/usr/bin/env node
// The command line. In a clone it first makes ready what is not; the published package has no scripts and is ready.
import { existsSync } from 'node:fs';

const scripts = new URL('../scripts/setup/setUp.mjs', import.meta.url);
if (existsSync(scripts)) {
  const { setUp } = await import(scripts.href);
  setUp({ dist: true });
}
await import('../dist/cli.js');
