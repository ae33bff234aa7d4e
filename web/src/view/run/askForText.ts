import type { PathAndBlob } from '../../protocol.ts';
import { alert } from '../alert.ts';
import { chooseFiles } from '../files.ts';

/** Asks for the text of a run that was opened without it. */
export function askForText(give: (files: readonly PathAndBlob[]) => void): void {
  alert(
    'The text of this run is not among its files',
    { what: 'The model can be asked, but to train on it needs the text that it was trained on.' },
    {
      text: 'Add its text files',
      act: () =>
        void chooseFiles().then((files) => {
          if (files.length > 0) give(files);
        }),
    },
  );
}
