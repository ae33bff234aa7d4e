/** Runs the test files that the parent process names, one after another until it names none, and ends the output of each with END. */
import { pathToFileURL } from 'node:url';

/** ASCII's "end of transmission": no test prints it. */
const END = '\u0004';
globalThis.UVU_DEFER = 1; // suites wait for exec()
const { exec } = await import('uvu');

process.on('message', (file) => (file === '' ? process.disconnect() : run(file)));
process.stdout.write(END);

async function run(file) {
  process.channel.unref(); // a test that waits for nothing ends the process
  globalThis.UVU_QUEUE.splice(0, Infinity, [file]);
  globalThis.UVU_INDEX = 0;
  await import(pathToFileURL(file));
  await exec();
  process.channel.ref();
  process.stdout.write(END);
}
