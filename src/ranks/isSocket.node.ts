import { fstatSync } from 'node:fs';

/** Whether a descriptor of this process is a socket, and was not closed on the way to it. */
export function isSocket(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isSocket();
  } catch {
    return false;
  }
}
