import { inLine, visible } from '../print/print.ts';

/** Where progress is written: Node's process.stderr is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const ERASE_TO_END = '\u001B[K';
const MILLISECONDS_BETWEEN_DRAWINGS = 100;

/** One line at the bottom of a terminal that is drawn again and again, and lines above it that stay. */
export class LiveOutput {
  readonly live: boolean;
  readonly #output: Output;
  readonly #now: () => number;
  #line: ((width: number) => string) | undefined;
  #drawnAt = -Infinity;

  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.live = output.isTTY === true;
  }

  /** Shows a line, in at most `width` characters, in place of the last one; on what is no terminal, nothing. */
  show(line: (width: number) => string): void {
    if (!this.live) return;
    this.#line = line;
    if (this.#now() - this.#drawnAt >= MILLISECONDS_BETWEEN_DRAWINGS) this.#draw();
  }

  /** Writes text that stays. */
  print(text: string): void {
    this.#output.write(`${this.#line ? `\r${ERASE_TO_END}` : ''}${visible(text)}\n`);
    if (this.#line) this.#draw();
  }

  /** Takes the live line away. */
  clear(): void {
    if (this.#line) this.#output.write(`\r${ERASE_TO_END}`);
    this.#line = undefined;
    this.#drawnAt = -Infinity;
  }

  #draw(): void {
    const width = Math.max(1, (this.#output.columns || 80) - 1); // the last column makes some terminals wrap
    this.#output.write(`\r${inLine(this.#line?.(width) ?? '')}${ERASE_TO_END}`);
    this.#drawnAt = this.#now();
  }
}
