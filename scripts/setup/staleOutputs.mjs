import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT = /\.(?:js|js\.map|d\.ts)$/;

/**
 * Removes from `outputs` what was compiled from sources that are no longer in `sources`: the compiler leaves it there.
 * @param {string} outputs
 * @param {string} sources
 */
export function removeStaleOutputs(outputs, sources) {
  for (const entry of readdirSync(outputs, { withFileTypes: true })) {
    const [output, source] = [join(outputs, entry.name), join(sources, entry.name)];
    if (entry.isDirectory()) {
      if (existsSync(source)) removeStaleOutputs(output, source);
      else rmSync(output, { recursive: true });
    } else if (OUTPUT.test(entry.name) && !existsSync(source.replace(OUTPUT, '.ts'))) rmSync(output);
  }
}
