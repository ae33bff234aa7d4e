import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SWITCH = 'bertrand-switch';

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const spaceOf = (host: string): string => `bertrand-${host}`;

/** What mpirun calls in place of ssh. */
export const agentPath = fileURLToPath(new URL('enter-host.sh', import.meta.url));

/** Hosts of one machine, each a network namespace with an address by which it is called, joined by a bridge in another namespace. */
export class NamespaceHosts {
  readonly hosts: readonly string[];

  constructor(count: number) {
    this.hosts = Array.from({ length: count }, (_, i) => `10.77.0.${i + 1}`);
  }

  /** Makes them. Throws where the machine refuses. */
  open(): void {
    ip('netns', 'add', SWITCH);
    ip('-n', SWITCH, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', SWITCH, 'link', 'set', 'bridge', 'up');
    for (const [i, host] of this.hosts.entries()) {
      const space = spaceOf(host);
      ip('netns', 'add', space);
      ip('link', 'add', 'eth0', 'netns', space, 'type', 'veth', 'peer', 'name', `port${i}`, 'netns', SWITCH);
      ip('-n', SWITCH, 'link', 'set', `port${i}`, 'master', 'bridge', 'up');
      ip('-n', space, 'link', 'set', 'lo', 'up');
      ip('-n', space, 'address', 'add', `${host}/24`, 'dev', 'eth0');
      ip('-n', space, 'link', 'set', 'eth0', 'up');
    }
  }

  /** Takes a host's cable out, or puts it back. */
  cable(host: string, state: 'down' | 'up'): void {
    ip('-n', SWITCH, 'link', 'set', `port${this.hosts.indexOf(host)}`, state);
  }

  /** Starts a command on a host. */
  start(host: string, command: readonly string[], cwd: string, variables: Record<string, string> = {}): ChildProcess {
    return spawn(agentPath, [host, ...command], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...variables },
    });
  }

  /** The processes of a host. */
  processes(host: string): number[] {
    return ip('netns', 'pids', spaceOf(host)).split('\n').filter(Boolean).map(Number);
  }

  /** Ends what still runs on them, and takes them away. */
  close(): void {
    const made = new Set(
      ip('netns', 'list')
        .split('\n')
        .map((line) => line.split(' ')[0]),
    );
    for (const host of this.hosts) {
      if (!made.has(spaceOf(host))) continue;
      for (const pid of this.processes(host)) kill(pid);
      ip('netns', 'delete', spaceOf(host));
    }
    if (made.has(SWITCH)) ip('netns', 'delete', SWITCH);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}
