// Bundles the script and the style of a report's page, web/src/report, and embeds them in a TypeScript file, so that the installed
// command needs no bundler. Says nothing when all is well.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { fingerprint } from './built.mjs';
import { reportPage } from './setUp.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const from = fingerprint(root, reportPage.from);

const [{ output }] = await build({
  configFile: false,
  root: join(root, 'web'),
  logLevel: 'error',
  build: {
    write: false,
    target: 'es2022',
    cssMinify: true,
    lib: { entry: join(root, 'web/src/report/main.ts'), formats: ['iife'], name: 'report', cssFileName: 'report' },
  },
});
const script = output.find(({ type }) => type === 'chunk').code.trim();
const style = String(output.find(({ fileName }) => fileName.endsWith('.css')).source).trim();
if (/<\/(?:script|style)/i.test(script + style)) throw new Error('the script would end early inside a page');

// what is copied into pages takes its licence along
const licence = readFileSync(join(root, 'node_modules/uplot/LICENSE'), 'utf8').trim();
const notice = `/*! This page draws with uPlot (github.com/leeoniya/uPlot):\n${licence}\n*/\n`;
writeFileSync(
  join(root, reportPage.bearer),
  [
    `// Made by scripts/setup/reportPage.mjs of web/src/report as it was at ${from}.`,
    `export const script: string = ${JSON.stringify(notice + script)};`,
    `export const style: string = ${JSON.stringify(style)};`,
    '',
  ].join('\n'),
);
