/** Writes the code of both sides for src/kernels/cpu/jobs/table.ts. */
import type { Kind, Place } from '../../src/kernels/cpu/jobs/arguments.ts';
import { places, records } from '../../src/kernels/cpu/jobs/table.ts';

const HEAD = '// Made by scripts/setup/kernels.mjs from jobs/table.ts.\n';
const reads: Record<Kind, (offset: number) => [type: string, value: string]> = {
  pointer: (offset) => ['usize', `load<usize>(job(), ${offset})`],
  integer: (offset) => ['i32', `load<i32>(job(), ${offset})`],
  flag: (offset) => ['bool', `load<i32>(job(), ${offset}) != 0`],
  real: (offset) => ['f32', `load<f32>(job(), ${offset})`],
};

/** The jobs that the compiled kernels do not export. */
export function missingFrom(wasm: Uint8Array<ArrayBuffer>): string[] {
  const exported = new Set(WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name));
  return Object.keys(places.jobs).filter((job) => !exported.has(job));
}

/** AssemblyScript that reads arguments: a class for each group and each job, with a static getter for each argument, and one for each record. */
export function readers(): string {
  const groups = Object.entries(places.groups).map(([name, its]) => classOf(name, its));
  const jobs = Object.entries(places.jobs).map(([name, { own }]) => (own.length > 0 ? classOf(name, own) : ''));
  const code = [...groups, ...jobs, ...Object.entries(records).map(recordOf)];
  return `${HEAD}import { job } from './memory/queue';\n${code.join('')}`;
}

function recordOf([name, fields]: [string, readonly string[]]): string {
  return `@unmanaged\nexport class ${titleOf(name)} {\n${fields.map((field) => `  ${field}: i32;\n`).join('')}}\n`;
}

function classOf(name: string, its: readonly Place[]): string {
  const getters = its.map(({ name, kind, word }) => {
    const [type, value] = reads[kind](4 * word);
    return `  static get ${name}(): ${type} { return ${value}; }\n`;
  });
  return `export class ${titleOf(name)} {\n${getters.join('')}}\n`;
}

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/**
 * TypeScript that writes them: a function for each group and each job. One for all would look each argument up by its name, which takes
 * longer than a small kernel.
 */
export function writers(): string {
  const groups = Object.entries(places.groups).map(([name, its]) => writer(name, its.map(store)));
  const jobs = Object.entries(places.jobs).map(([name, { own, groups }]) =>
    writer(name, [...own.map(store), ...groups.map((group) => `groups.${group}(v.${group}, slot, i, f);`)]),
  );
  const rows = Object.entries(records).map(([name, fields]) => {
    const stores = fields.map((field, i) => `    i[word + ${i}] = v.${field};\n`);
    return `  ${name}(v, i, word) {\n${stores.join('')}    return word + ${fields.length};\n  },\n`;
  });
  return `${HEAD}import type { Arguments, GroupArguments, Records } from './table.ts';

/** @param slot the index of the slot's first word in memory, which \`i\` and \`f\` view */
type Writer<V> = (v: V, slot: number, i: Int32Array, f: Float32Array) => void;
type Writers<A> = { readonly [N in keyof A]: Writer<A[N]> };
export const groups: Writers<GroupArguments> = {
${groups.join('')}};
export const jobs: Writers<Arguments> = {
${jobs.join('')}};
/** Each returns the address of the word after the record. */
export const records: { readonly [R in keyof Records]: (v: Records[R], i: Int32Array, word: number) => number } = {
${rows.join('')}};
`;
}

function writer(name: string, statements: readonly string[]): string {
  const body = statements.map((line) => `    ${line}\n`).join('');
  return `  ${name}(${/\bf\b/.test(body) ? 'v, slot, i, f' : 'v, slot, i'}) {\n${body}  },\n`;
}

function store({ name, kind, word }: Place): string {
  return `${kind === 'real' ? 'f' : 'i'}[slot + ${word}] = v.${name};`;
}
