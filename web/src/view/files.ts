import type { PathAndBlob } from '../protocol.ts';
import { byId } from './dom.ts';

/** Lets a person choose files; none if they cancel. */
export function chooseFiles(): Promise<PathAndBlob[]> {
  const input = byId('files') as HTMLInputElement;
  input.value = '';
  return new Promise((resolve) => {
    const once = { once: true };
    const chosen = (): PathAndBlob[] =>
      Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
    input.addEventListener('change', () => resolve(chosen()), once);
    input.addEventListener('cancel', () => resolve([]), once);
    input.click();
  });
}

/** All dropped files, those in folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<PathAndBlob[]> {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.() ?? undefined);
  if (entries.every((entry) => entry === undefined))
    return Array.from(transfer.files, (file) => ({ path: file.name, blob: file }));
  const files: PathAndBlob[] = [];
  for (const entry of entries) if (entry) files.push(...(await walk(entry)));
  return files;
}

async function walk(entry: FileSystemEntry): Promise<PathAndBlob[]> {
  if (entry.isFile) {
    const blob = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), blob }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: PathAndBlob[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject)); // comes in parts
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await walk(child)));
  }
}

/** Whether these are a run's files, not text to train on. */
export const isRun = (files: readonly PathAndBlob[]): boolean =>
  files.some(({ path }) => path.endsWith('.zip') || /(^|\/)config\.yaml$/.test(path));

/** Gives a person a file. */
export function handOver(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
