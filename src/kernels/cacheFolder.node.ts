import { homedir } from 'node:os';
import { join } from 'node:path';

/** Bertrand's folder in the user's cache folder. */
export function cacheFolder(): string {
  return join(shared(), 'bertrand');
}

function shared(): string {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}
