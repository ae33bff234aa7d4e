import { existsSync } from 'node:fs';

const said = new Set<string>();

/**
 * The path of a program: that of an environment variable, or a usual place. Where there is none: nothing, and a line that says
 * so, once; in CI an error.
 */
export function installed(name: string, variable: string, places: readonly string[]): string | undefined {
  const path = process.env[variable] ?? places.find((place) => existsSync(place));
  if (path) return path;
  const missing = `no ${name} found: install it, or set ${variable} to the path of its executable`;
  if (process.env.CI) throw new Error(missing);
  if (!said.has(name)) console.log(`\nnothing is tested in ${name}: ${missing}`);
  said.add(name);
  return undefined;
}
