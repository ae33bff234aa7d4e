/**
 * Runs the rows of the ops named as arguments, or all, on reference and on the cpu, and prints a line of JSON: which of them found something
 * wrong, those of parameters and those of inputs on the tape.
 */
import { compareWithReference } from '../../src/autograd/check/compareDevices.ts';
import { checkGradients } from '../../src/autograd/check/gradcheck.ts';
import type { GradientCheck } from '../../src/autograd/check/gradcheck.ts';
import { opChecks } from '../../src/autograd/check/opChecks.ts';
import { BertrandError } from '../../src/error.ts';
import { openCpu } from '../../src/kernels/cpu/index.ts';
import { openReference } from '../../src/kernels/reference/index.ts';

const ops = process.argv.slice(2);
const rows = opChecks.filter(({ name }) => ops.length === 0 || ops.includes(name.split(' ')[0]));
const reference = openReference();
const cpu = await openCpu({ threads: 1, products: 'wasm' });

async function isRed(check: GradientCheck): Promise<boolean> {
  try {
    const errors = [await checkGradients(check, reference), await compareWithReference(check, cpu, reference)];
    return errors.some(({ error }) => error > 1);
  } catch (error) {
    if (error instanceof BertrandError && error.message.includes('already freed')) return true;
    throw error;
  }
}

const red = { parameters: false, onTape: false };
for (const row of rows) {
  red.parameters ||= await isRed(row);
  red.onTape ||= await isRed(row.onTape);
}
await cpu.close();
console.log(JSON.stringify({ rows: rows.length, ...red }));
