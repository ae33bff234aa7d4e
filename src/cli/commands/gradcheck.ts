import { compareWithReference } from '../../autograd/check/compareDevices.ts';
import type { Difference } from '../../autograd/check/difference.ts';
import { checkGradients } from '../../autograd/check/gradcheck.ts';
import { opChecks } from '../../autograd/check/opChecks.ts';
import { boxChecks } from '../../bert/boxChecks.ts';
import { openDevice } from '../../kernels/choose.ts';
import type { Device } from '../../kernels/device.ts';
import { deviceOption } from '../arguments/options.ts';
import { command } from '../command.ts';
import { UsageError } from '../exit.ts';
import { print, printError } from '../print/print.ts';
import { renderTable } from '../print/table.ts';

/** Checks every op and every box: each against central differences, and the device's against reference. */
export const gradcheckCommand = command(
  'gradcheck',
  'Check the gradients of every op and every box',
  (cli) =>
    cli
      .option('device', deviceOption)
      .option('only', { type: 'string', requiresArg: true, describe: 'Only those whose name begins so' }),
  async ({ device: choice, only }) => {
    const all = [...opChecks, ...boxChecks];
    const chosen =
      only === undefined ? all : all.filter(({ name }) => name.toLowerCase().startsWith(only.toLowerCase()));
    if (chosen.length === 0)
      throw new UsageError(
        `--only ${only}: no op or box begins so; there are ${all.map(({ name }) => name).join(', ')}`,
      );
    const reference = await openDevice('reference');
    const device = await openDevice(choice);
    const failures: string[] = [];
    const rows: string[][] = [];
    for (const check of chosen) {
      const differences = [await checkGradients(check, reference)];
      if (device.name !== 'reference') differences.push(await compareWithReference(check, device, reference));
      rows.push([check.name, ...differences.map(cell)]);
      failures.push(...differences.filter(({ error }) => error > 1).map(({ message }) => message));
    }
    await device.close();
    print(renderTable(header(device), rows));
    for (const failure of failures) printError(failure);
    print(
      `${chosen.length} checked on ${device.description}: ${failures.length === 0 ? 'all pass' : `${failures.length} differences`}`,
    );
    return failures.length === 0 ? 0 : 1;
  },
);

function header(device: Device): string[] {
  const columns = ['op or box', 'backward against differences'];
  return device.name === 'reference' ? columns : [...columns, `${device.name} against reference`];
}

/** The worst error as a fraction of the tolerance. */
function cell({ error }: Difference): string {
  return `${(100 * error).toPrecision(2)} % of tolerance ${error <= 1 ? 'ok' : 'FAILED'}`;
}
