import type { Recording } from './recording.ts';

/** Milliseconds that a recorded run takes to be played. */
const LENGTH = 24_000;
const TICK = 200;

/** Plays the run that comes with the page, until it is stopped. Begins quickly and slows down, as learning does. */
export class Player {
  readonly #show: (recording: Recording, step: number) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stopped = false;

  /** @param show is called again and again, the last time with the recording's last step */
  constructor(show: (recording: Recording, step: number) => void) {
    this.#show = show;
  }

  /** Where the recording cannot be fetched, nothing is played. */
  async start(): Promise<void> {
    const recording = await fetchRecording().catch(() => undefined);
    if (!recording || this.#stopped) return;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return this.#show(recording, recording.steps);
    const begin = performance.now();
    this.#timer = setInterval(() => {
      const share = Math.min(1, (performance.now() - begin) / LENGTH);
      this.#show(recording, Math.floor(recording.steps * share ** 2));
      if (share === 1) clearInterval(this.#timer);
    }, TICK);
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}

async function fetchRecording(): Promise<Recording> {
  const response = await fetch(new URL('recorded/run.json', document.baseURI));
  return (await response.json()) as Recording; // a server may answer anything
}
