import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporaryFolder.ts';
import { Automated, PATIENCE } from './automated.ts';
import { installed } from './installed.ts';
import { openScreen } from './screen.ts';
import { started, until } from './started.ts';

/** Marionette's names of the commands. It is what geckodriver, which Debian lacks, makes of WebDriver's. */
const COMMANDS = { navigate: 'WebDriver:Navigate', call: 'WebDriver:ExecuteAsyncScript' };

/** Firefox with a profile of its own. Where there is none: nothing, and a line that says so; in CI an error. */
export async function openFirefox(): Promise<Automated | undefined> {
  const executable = installed('Firefox', 'FIREFOX', [
    '/usr/bin/firefox-esr',
    '/usr/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ]);
  const screen = executable && (await openScreen());
  if (!executable || !screen) return undefined;
  const profile = temporaryFolder();
  // 0 lets it choose; Marionette itself keeps Firefox from asking its maker for anything.
  writeFileSync(join(profile, 'user.js'), 'user_pref("marionette.port", 0);\n');
  const firefox = started(executable, ['--marionette', '--no-remote', '--profile', profile], {
    DISPLAY: screen.display,
  });
  const port = await until('Firefox listens', () =>
    Number(readFileSync(join(profile, 'MarionetteActivePort'), 'utf8')),
  );
  const marionette = new Marionette(connect(port, '127.0.0.1'));
  await marionette.send('WebDriver:NewSession', { timeouts: { script: PATIENCE, pageLoad: PATIENCE } });
  return new Automated(
    async (command, parameters) => ((await marionette.send(COMMANDS[command], parameters)) as { value: unknown }).value,
    async () => {
      await marionette.send('Marionette:Quit', { flags: ['eForceQuit'] });
      await firefox.ended;
      await screen.stop();
    },
  );
}

type Answer = readonly [type: 1, id: number, error: { readonly message: string } | null, result: unknown];

/** Messages are JSON with their length before them, as bytes: `LENGTH:[0, id, name, parameters]`, and `[1, id, error, result]` back. */
class Marionette {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #received = Buffer.alloc(0);
  #sent = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      for (let message = this.#next(); message !== undefined; message = this.#next())
        if (Array.isArray(message)) this.#waiting.get(message[1] as number)?.(message as unknown as Answer); // the first is a greeting
    });
  }

  send(name: string, parameters: object): Promise<unknown> {
    const id = this.#sent++;
    const message = JSON.stringify([0, id, name, parameters]);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ([, , error, result]) => {
        this.#waiting.delete(id);
        if (error) reject(new Error(`${name}: ${error.message}`));
        else resolve(result);
      });
      this.#socket.write(`${Buffer.byteLength(message)}:${message}`);
    });
  }

  #next(): unknown {
    const colon = this.#received.indexOf(':');
    const end = colon + 1 + Number(this.#received.subarray(0, Math.max(0, colon)).toString());
    if (colon < 0 || this.#received.length < end) return undefined;
    const message: unknown = JSON.parse(this.#received.subarray(colon + 1, end).toString());
    this.#received = this.#received.subarray(end);
    return message;
  }
}
