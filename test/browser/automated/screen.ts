import { installed } from './installed.ts';
import { started } from './started.ts';
import type { Started } from './started.ts';

export interface Screen extends Pick<Started, 'stop'> {
  /** For the environment variable DISPLAY. */
  readonly display: string;
}

/** A screen that nobody sees: Firefox has no WebGL without one, and WebKitGTK nothing at all. */
export async function openScreen(): Promise<Screen | undefined> {
  const xvfb = installed('Xvfb', 'XVFB', ['/usr/bin/Xvfb']);
  if (!xvfb) return undefined;
  const { line, stop } = started(xvfb, ['-displayfd', '1', '-nolisten', 'tcp']);
  return { display: `:${(await line).trim()}`, stop };
}
