import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Started {
  /** What it writes first. */
  readonly line: Promise<string>;
  readonly ended: Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Starts a program, which ends with this process at the latest, and so does all that it starts. */
export function started(executable: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const child = spawn(executable, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
    detached: true, // the leader of a group of its own
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
    } catch {
      // it has ended by itself
    }
  };
  process.once('exit', kill);
  const ended = once(child, 'close').finally(() => process.off('exit', kill));
  const line = new Promise<string>((resolve) => child.stdout.once('data', (bytes) => resolve(String(bytes))));
  return {
    line,
    ended,
    async stop() {
      kill();
      await ended;
    },
  };
}

/** What an attempt brings once it succeeds; fails when it has not for a minute. */
export async function until<T>(what: string, attempt: () => T | Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await attempt();
    } catch (error) {
      if (tries === 1200) throw new Error(`it took too long until ${what}`, { cause: error });
      await pause(50);
    }
}

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (!address || typeof address === 'string') throw new Error(`the server has the address ${address}`);
  return address.port;
}
