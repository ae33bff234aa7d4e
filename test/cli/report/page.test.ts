import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CSV_HEADER, csvLines } from '../../../src/cli/report/csv.ts';
import { escaped, jsonForScript } from '../../../src/cli/report/html.ts';
import { expectOwn, writeOwn } from '../../../src/cli/report/ownFile.ts';
import { PAGE_BEGINNING } from '../../../src/cli/report/page.ts';
import { reportPage } from '../../../src/cli/report/reportPage.ts';
import { rejects } from '../../data/rejects.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { recordOf } from '../../train/report/recordSample.ts';

const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)> "'& \u202Eevil\u0007`;

test('text of strangers is shown, not obeyed', () => {
  assert.is(escaped(`<b a="c" d='e'>&`), '&lt;b a=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  assert.is(escaped('a\u202Eb\u0007\n'), 'a\\u202eb\\u0007\\u000a');
  const json = jsonForScript({ [hostile]: hostile });
  assert.not.match(json, /[<>&]/);
  assert.equal(JSON.parse(json), { [hostile]: hostile });
});

test('a page with hostile names holds none of their markup', () => {
  const record = recordOf(30, { state: { name: 'failed', reason: hostile }, troubles: [hostile] });
  const page = reportPage([{ name: hostile, group: hostile, record }], hostile);
  assert.not.match(page, /<img|alert\(1\)</);
  for (const obeyed of ['\u202E', '\u0007']) assert.not.ok(page.includes(obeyed));
  assert.is(page.match(/<script/g)?.length, 2, 'the data and the script');
});

test("the page's policy names its own script and style, and nothing else", () => {
  const page = reportPage([{ name: 'a', group: 'a', record: recordOf(30) }], 'a');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  const hash = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const script = /<script>([^]*)<\/script>/.exec(page)?.[1];
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1];
  assert.is(
    policy,
    `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`,
  );
  assert.ok((script?.length ?? 0) > 10_000 && (style?.length ?? 0) > 1000);
  assert.not.match(page.replace(/<script>[^]*<\/script>/, ''), /\b(?:src|href)="(?!#|data:)/);
});

test('a page says what a run did, and where configs differ', () => {
  const one = recordOf(30);
  const other = recordOf(30, { config: one.config && { ...one.config, seed: 7 } });
  const page = reportPage([{ name: 'one', group: 'one', record: one }, { name: 'two', group: 'two', record: other }], 'both'); // prettier-ignore
  assert.match(page, /one is best at the end: its validation loss is 7\.960 nats at step 30/);
  assert.match(page, /<tr><th scope="row">seed<\/th><td>42<\/td><td>7<\/td><\/tr>/);
  assert.match(page, /Gradients|clipped/);
  const alone = reportPage([{ name: 'one', group: 'one', record: recordOf(0) }], 'one');
  assert.match(alone, /There has been no validation yet/);
});

test('hidden words are shown over time, text of strangers as text, and at most 24 validations of a run', () => {
  const record = recordOf(1000);
  const validation = record.metrics.validation.map((line, i) => ({
    ...line,
    samples: [{ before: '<b>', truth: 'union', after: 'is', guesses: [{ token: i < 50 ? hostile : 'union', probability: 0.5 }] }], // prettier-ignore
  }));
  const run = { name: 'a', group: 'a', record: { ...record, metrics: { ...record.metrics, validation } } };
  const page = reportPage([run], 'a');
  const section = /<summary>Hidden words over time<\/summary>[^]*?<\/details>/.exec(page)?.[0] ?? '';
  assert.match(section, /<th scope="col">&lt;b&gt; \[union\] is<\/th>/);
  assert.match(section, /<th scope="row">step 10<\/th><td>&lt;\/script&gt;/);
  assert.match(section, /<th scope="row">step 1000<\/th><td>\+ union 50 %<\/td>/);
  assert.is(section.match(/<th scope="row">/g)?.length, 24);
  assert.match(reportPage([run, { ...run, name: 'b' }], 'a'), /<summary>Hidden words over time: b<\/summary>/);
  assert.not.match(reportPage([{ name: 'a', group: 'a', record }], 'a'), /Hidden words over/);
});

test('the table has a row for each line, and empty fields for what it lacks', () => {
  const lines = [...csvLines([{ name: 'a,"b"', group: '', record: recordOf(10) }])];
  assert.is(lines[0], `${CSV_HEADER}\r\n`);
  assert.is(lines.length, 12);
  assert.match(lines[1], /^"a,""b""",train,1,0\.0007,7\.99[\d]*,0\.001,2,40000(,)+\r\n$/);
  const columns = CSV_HEADER.split(',').length;
  for (const line of lines.slice(2)) assert.is(line.slice('"a,""b"""'.length).split(',').length, columns);
});

test('a file that Bertrand did not write is not replaced, an older report is', async () => {
  const folder = temporaryFolder({ 'notes.html': '<!doctype html>\n<p>mine', 'empty.html': '' });
  const own = (name: string) => ({ path: join(folder, name), option: 'out', beginning: PAGE_BEGINNING });
  for (const name of ['notes.html', 'empty.html'])
    assert.throws(() => expectOwn(own(name)), /there is a file that Bertrand did not write; choose another --out/);
  assert.throws(() => expectOwn(own('.')), /it is a folder; choose another --out/);
  await writeOwn(own('new.html'), [PAGE_BEGINNING, ' 1 -->']);
  await writeOwn(own('new.html'), [PAGE_BEGINNING, ' 2 -->']);
  writeFileSync(join(folder, 'new.html'), 'changed');
  await rejects(() => writeOwn(own('new.html'), [PAGE_BEGINNING]), /did not write/);
});

test.run();
