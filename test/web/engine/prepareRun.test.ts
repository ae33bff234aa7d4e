import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesBelow } from '../../../scripts/fuzz/intact.ts';
import { openPageRun } from '../../../scripts/fuzz/pageRun.ts';
import { zipped } from '../../../web/src/engine/storage/zip.ts';
import { messageOf } from '../../messageOf.ts';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { trainedRun } from '../../train/trainedRun.ts';

const run = join(await trainedRun(['checkpoint.keep=1']), 'run');

/** What the page says of the run's zip when a file in it is changed. */
function opened(name: string, change: (text: string) => string): Promise<string> {
  const files = filesBelow(run);
  files.set(name, Buffer.from(change(readFileSync(join(run, name), 'latin1')), 'latin1'));
  const folder = temporaryFolder({ 'run.zip': zipped(files) });
  return messageOf(() => openPageRun(join(folder, 'run.zip')));
}

test('a run of the command line opens on the page', async () => {
  assert.is(await opened('config.yaml', (text) => text), 'no error');
});

test('a changed tokenizer or config is refused, and a damaged tokenizer is named', async () => {
  const refusals: [string, (text: string) => string, RegExp][] = [
    ['tokenizer.json', (text) => text.slice(0, -9), /^tokenizer\.json: not JSON \(/],
    ['tokenizer.json', (text) => text.replace('"##s"', '"##z"'), /^tokenizer\.json: it was changed since step 20 was saved/],
    ['config.yaml', (text) => text.replace('heads: 2', 'heads: 4'), /^config\.yaml: it was changed since step 20 was saved \(model\.heads\); put/],
    ['checkpoints/step-00000020/state.json', (text) => text.replace('20', '21'), /^no checkpoint is intact:/],
  ]; // prettier-ignore
  for (const [name, change, message] of refusals) assert.match(await opened(name, change), message);
});

test.run();
