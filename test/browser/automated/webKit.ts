import { Automated, PATIENCE } from './automated.ts';
import { installed } from './installed.ts';
import { openScreen } from './screen.ts';
import { freePort, started, until } from './started.ts';

const COMMANDS = { navigate: 'url', call: 'execute/async' };

/**
 * WebKitGTK's own small browser, on a screen that nobody sees, in the language of the environment or another one. Where there is
 * none: nothing, and a line that says so; in CI an error.
 */
export async function openWebKit(language = 'en_US.UTF-8'): Promise<Automated | undefined> {
  const driver = installed('WebKitGTK', 'WEBKIT_DRIVER', ['/usr/bin/WebKitWebDriver']);
  const screen = driver && (await openScreen());
  if (!driver || !screen) return undefined;
  const port = await freePort();
  const served = started(driver, [`--port=${port}`], { DISPLAY: screen.display, LC_ALL: language });
  const send = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      body: body ? JSON.stringify(body) : null,
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value;
  };
  await until('WebKitWebDriver listens', () => send('GET', '/status'));
  const { sessionId } = (await send('POST', '/session', {
    capabilities: { alwaysMatch: { timeouts: { script: PATIENCE, pageLoad: PATIENCE } } },
  })) as { sessionId: string };
  return new Automated(
    (command, parameters) => send('POST', `/session/${sessionId}/${COMMANDS[command]}`, parameters),
    async () => {
      await send('DELETE', `/session/${sessionId}`);
      await served.stop();
      await screen.stop();
    },
  );
}
