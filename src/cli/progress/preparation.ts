import type { OnProgress } from '../../data/progress.ts';
import { barLine } from './bar.ts';
import { LiveOutput } from './output.ts';
import type { Output } from './output.ts';

/** Shows how preparing the data goes: a bar for each stage on a terminal, elsewhere a line when it begins. */
export function preparationView(output: Output): OnProgress {
  const live = new LiveOutput(output);
  let current: string | undefined;
  return (event) => {
    if ('notice' in event) {
      live.print(event.notice);
      return;
    }
    const { stage, done, total } = event;
    if (stage !== current && !live.live) live.print(stage);
    current = stage;
    const fraction = total > 0 ? done / total : 1;
    if (fraction < 1) live.show((width) => barLine(stage, fraction, [`${Math.floor(100 * fraction)} %`], width));
    else live.clear();
  };
}
