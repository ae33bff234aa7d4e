import { join } from 'node:path';
import { BertrandError } from '../../error.ts';
import { cacheFiles, cleanCache } from '../../data/store/cacheFiles.node.ts';
import { whatIsAt } from '../../data/inputFile.node.ts';
import { cacheFolder } from '../../kernels/cacheFolder.node.ts';
import { jsonOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { bytes } from '../print/bytes.ts';
import { print } from '../print/print.ts';
import { renderTable } from '../print/table.ts';
import { formatDuration } from '../progress/format.ts';

export const cacheCommand = command(
  'cache [folder]',
  'List encoded texts and tokenizers that are kept, or remove them',
  (cli) =>
    cli
      .positional('folder', {
        type: 'string',
        describe: "A data.cache; left out: .bertrand here, and the user's own cache",
      })
      .option('clean', {
        type: 'boolean',
        default: false,
        describe: 'Remove them: what is needed again is made again. Touches nothing else',
      })
      .option('json', jsonOption),
  ({ folder, clean, json }) => {
    const folders = folder === undefined ? ['.bertrand', join(cacheFolder(), 'corpora')] : [folder];
    const found = folders
      .filter((one) => folder !== undefined || whatIsAt(one) !== 'nothing')
      .map((one) => ({ folder: one, files: clean ? cleaned(one) : listed(one) }));
    print(json ? JSON.stringify(found, null, 2) : render(found, clean));
    return Promise.resolve(0);
  },
);

type Found = readonly { readonly folder: string; readonly files: ReturnType<typeof cacheFiles> }[];

function listed(folder: string): ReturnType<typeof cacheFiles> {
  const found = whatIsAt(folder);
  if (found !== 'a folder') throw new BertrandError(`${folder}: it is ${found}; expected a folder`);
  return cacheFiles(folder);
}

function cleaned(folder: string): ReturnType<typeof cacheFiles> {
  listed(folder);
  const removed = cleanCache(folder);
  if (removed) return removed;
  throw new BertrandError(`${folder}: not a cache that Bertrand made: it has no CACHEDIR.TAG of Bertrand's`, {
    advice: 'remove by hand what you do not need there',
  });
}

function render(found: Found, clean: boolean): string {
  const files = found.flatMap(({ files: some }) => some);
  const total = bytes(files.reduce((sum, file) => sum + file.bytes, 0));
  if (files.length === 0) return `nothing is kept in ${found.map(({ folder }) => folder).join(' or ') || '.bertrand'}`;
  const rows = files.map(({ path, kind, bytes: size, made }) => [
    path,
    kind,
    bytes(size),
    `${formatDuration((Date.now() - made) / 1000)} ago`,
  ]);
  const table = renderTable(['file', 'what', 'size', 'made'], rows);
  return `${table}\n\n${total} in ${files.length} ${files.length === 1 ? 'file' : 'files'}${clean ? ', removed' : '; --clean removes them'}`;
}
