import { probeDevices } from '../kernels/choose.ts';
import { print } from './print.ts';

export async function devicesCommand({ json }: { json: boolean }): Promise<number> {
  const reports = await probeDevices();
  const chosen = reports.find(({ automatic }) => automatic)?.name;
  if (json) print(JSON.stringify({ chosen, devices: reports }, null, 2));
  else
    for (const { name, available, description } of reports)
      print(
        `${name.padEnd(10)} ${available ? 'here   ' : 'missing'}  ${description}${name === chosen ? ' (auto)' : ''}`,
      );
  return 0;
}
