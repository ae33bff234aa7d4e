import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BertrandError } from '../../error.ts';
import { probeDevices } from '../../kernels/choose.ts';
import type { DeviceReport } from '../../kernels/choose.ts';
import { jsonOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { print } from '../print/print.ts';

export const devicesCommand = command(
  'devices',
  'What this machine can compute on',
  (cli) =>
    cli
      .option('json', jsonOption)
      .option('here', { type: 'boolean', default: false, hidden: true, describe: 'Look in this process' }),
  async ({ json, here }) => {
    const devices = here ? await probeDevices() : await probeElsewhere();
    const chosen = devices.find(({ automatic }) => automatic)?.name;
    if (json) print(JSON.stringify({ chosen, devices }, null, 2));
    else
      for (const { name, available, description } of devices)
        print(
          `${name.padEnd(10)} ${available ? 'here   ' : 'missing'}  ${description}${name === chosen ? ' (auto)' : ''}`,
        );
    return 0;
  },
);

/** Looks in a process of its own: what drivers and loaders write goes nowhere, and one that crashes ends only that process. */
async function probeElsewhere(): Promise<DeviceReport[]> {
  const command = [...process.execArgv, process.argv[1], 'devices', '--json', '--here'];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, command);
    return (JSON.parse(stdout) as { devices: DeviceReport[] }).devices;
  } catch (error) {
    const { signal, code } = error as { signal?: string | null; code?: unknown };
    throw new BertrandError(`looking for devices ended with ${signal ?? `code ${String(code)}`}`, {
      advice: 'a driver may be broken: see what it writes with `bertrand devices --here`',
      cause: error,
    });
  }
}
