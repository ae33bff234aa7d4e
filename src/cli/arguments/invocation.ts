import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** How package managers run a program of the project, by the names in their user agents. */
const runners: Record<string, string> = { npm: 'npx', pnpm: 'pnpm exec', yarn: 'yarn', bun: 'bunx' };

/**
 * How to type `bertrand` in `folder`: as a program of the project there, if that is where it is from, and by its name alone if it
 * is installed for all projects.
 * @param agent what package managers say of themselves to programs that they run (`npm_config_user_agent`)
 */
export function invocation(folder: string, agent: string | undefined): string {
  const manager = agent?.split('/')[0];
  if (manager !== undefined && manager in runners) return `${runners[manager]} bertrand`;
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules/.bin/bertrand')) || existsSync(join(at, 'bin/bertrand.mjs')))
      return 'npx bertrand';
    if (dirname(at) === at) return 'bertrand';
  }
}

/** How to type `bertrand` where this process was started. */
export const bertrand = invocation(process.cwd(), process.env['npm_config_user_agent']);
