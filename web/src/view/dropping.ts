import type { PathAndBlob } from '../protocol.ts';
import { droppedFiles } from './files.ts';

/** Calls back with the files, or the piece of text, that a person drops anywhere on the page. */
export function onDrop(take: (dropped: readonly PathAndBlob[] | string) => void): void {
  const { classList } = document.body;
  addEventListener('dragover', (event) => {
    event.preventDefault();
    classList.add('dropping');
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) classList.remove('dropping');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    classList.remove('dropping');
    const { dataTransfer } = event;
    const text = dataTransfer?.getData('text/plain') ?? ''; // only while the event is handled
    if (dataTransfer)
      void droppedFiles(dataTransfer).then((files) =>
        files.length > 0 || text.trim() === '' ? take(files) : take(text),
      );
  });
}
