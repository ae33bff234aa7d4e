import { createHash } from 'node:crypto';
import type { ReportData } from '../../train/report/reportData.ts';
import { version } from '../version.ts';
import { escaped, jsonForScript, tableHtml } from './html.ts';
import type { HtmlTable } from './html.ts';
import { script, style } from './page.generated.ts';

/** How every report begins, so that one may be replaced by another. */
export const PAGE_BEGINNING = '<!doctype html>\n<!-- A report of Bertrand';

/** A table with a heading of its own. */
export interface Section {
  readonly title: string;
  readonly about: string;
  readonly table: HtmlTable;
}

export interface Page {
  readonly title: string;
  /** A sentence on the whole. */
  readonly lead: string;
  /** Above the curves. */
  readonly above: readonly Section[];
  readonly data: ReportData;
  /** Below them. */
  readonly below: readonly Section[];
  /** Tables that are shown when they are asked for. */
  readonly folded: readonly Section[];
}

/** A small square with a curve. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23126b62'/%3E%3Cpath d='M3 3c1 7 4 9 10 9' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E";

/** One file that asks for no other: its policy lets only its own script and style work, and nothing be sent. */
export function pageHtml({ title, lead, above, data, below, folded }: Page): string {
  const policy = [
    "default-src 'none'",
    `script-src ${sourceOf(script)}`,
    `style-src ${sourceOf(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const made = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  return `${PAGE_BEGINNING} ${version} -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Bertrand ${version}">
<title>${escaped(title)} · Bertrand</title>
<link rel="icon" href="${ICON}">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#charts">Skip to the curves</a>
<header class="top">
<p class="brand">Bertrand <span>a report</span></p>
<button type="button" id="theme" class="quiet" aria-label="Switch between light and dark"></button>
</header>
<main>
<div><h1>${escaped(title)}</h1>
<p class="lead">${escaped(lead)}</p></div>
${above.map(sectionHtml).join('\n')}
<noscript><p class="panel">The curves are drawn by a script, which this browser does not run; the tables need none.</p></noscript>
<div id="controls" hidden></div>
<div id="charts"></div>
${below.map(sectionHtml).join('\n')}
${folded.map(foldedHtml).join('\n')}
</main>
<footer><p>Written by Bertrand ${version} at <time>${made}</time>. The page loads nothing and sends nothing.</p></footer>
<p id="status" class="unseen" role="status" aria-live="polite"></p>
<script type="application/json" id="data">${jsonForScript(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** What a policy calls an inline script or style. */
const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const sectionHtml = ({ title, about, table }: Section): string =>
  `<section class="panel"><h2>${escaped(title)}</h2><p class="fine">${escaped(about)}</p>${tableHtml(table)}</section>`;

const foldedHtml = ({ title, about, table }: Section): string =>
  `<details class="panel"><summary>${escaped(title)}</summary><p class="fine">${escaped(about)}</p>${tableHtml(table)}</details>`;
