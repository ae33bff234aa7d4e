import type { ArrayType } from '../../contract.ts';

/**
 * The element type of a shader's array. `real` is f32 or f16, depending on the array passed to a dispatch: read a real
 * array x as `f32(x[i])` or `vec4f(x[i])`, and write `x_real(value)` or `vec4<x_real>(value)`, which are free in f32.
 */
export type Element = 'f32' | 'i32' | 'vec4f' | 'real' | 'vec4real';
export type Scalar = 'u32' | 'f32';
/** The types of a dispatch's real arrays. */
export type Reals<A extends string = string> = { readonly [N in A]?: ArrayType };

/** A compute shader: its arrays, its parameters and the body of its main function. */
export interface Shader<A extends string, P extends string> {
  readonly label: string;
  /** Arrays that it only reads. */
  readonly inputs: { readonly [N in A]?: Element };
  /** Arrays that it writes, and may read. */
  readonly outputs: { readonly [N in A]?: Element };
  readonly parameters: { readonly [N in P]: Scalar };
  readonly workgroup: number;
  /** The size of subgroups, where it is fixed: the device needs the feature subgroup-size-control. */
  readonly subgroup?: number;
  /** Functions and workgroup memory. */
  readonly declarations?: string;
  /** Declarations that depend on the types of the real arrays. */
  readonly typed?: (reals: Reals) => string;
  /** May use the arrays by name, the parameters in `p`, the workgroup's index `group` and the invocation's index in it, `lane`. */
  readonly main: string;
}

/** Maximum workgroups per dispatch in one direction, on every adapter. */
const ACROSS = 65535;

/** A grid of at least `groups` workgroups. */
export function grid(groups: number): { across: number; down: number } {
  const down = Math.ceil(groups / ACROSS);
  return { across: down === 0 ? 0 : Math.ceil(groups / down), down };
}

/** The names of the arrays in the order of their bindings, from 1; binding 0 is the parameters. */
export function bindingNames<A extends string>({ inputs, outputs }: Shader<A, string>): A[] {
  return [...Object.keys(inputs), ...Object.keys(outputs)] as A[];
}

/** The names of the parameters in the order of the struct. `groups` is the number of workgroups that have work. */
export function parameterNames<P extends string>({ parameters }: Shader<string, P>): (P | 'across' | 'groups')[] {
  return ['across', 'groups', ...(Object.keys(parameters) as P[])];
}

/** The shader's WGSL for real arrays of these types (f32 if not given). Groups beyond `p.groups`, which only fill up the grid, do nothing. */
export function wgsl(shader: Shader<string, string>, reals: Reals = {}): string {
  const { inputs, outputs, parameters, workgroup, subgroup, declarations = '', typed, main } = shader;
  const matrices = main.includes('subgroup_matrix_');
  const members = Object.entries({ across: 'u32', groups: 'u32', ...parameters });
  const arrays = [...Object.entries(inputs), ...Object.entries(outputs)];
  const aliases = arrays
    .filter(([, element]) => element?.endsWith('real'))
    .map(([name]) => `alias ${name}_real = ${reals[name] ?? 'f32'};`);
  const bindings = arrays.map(([name, element], i) => {
    const type = element?.replace(/^real$/, `${name}_real`).replace('vec4real', `vec4<${name}_real>`);
    return `@group(0) @binding(${i + 1}) var<storage, ${name in inputs ? 'read' : 'read_write'}> ${name}: array<${type}>;`;
  });
  const enabled = [
    ...(Object.values(reals).includes('f16') ? ['f16'] : []),
    ...(/\bsubgroup[A-Z]/.test(declarations) || subgroup ? ['subgroups'] : []),
    ...(subgroup ? ['subgroup_size_control'] : []),
    ...(matrices ? ['chromium_experimental_subgroup_matrix'] : []),
  ];
  return `${enabled.map((name) => `enable ${name};`).join(' ')}
struct Parameters { ${members.map(([name, type]) => `${name}: ${type}`).join(', ')} }
@group(0) @binding(0) var<uniform> p: Parameters;
${[...aliases, ...bindings].join('\n')}
${typed?.(reals) ?? ''}${declarations}
@compute @workgroup_size(${workgroup})${subgroup ? ` @subgroup_size(${subgroup})` : ''}
fn main(@builtin(workgroup_id) place: vec3u, @builtin(local_invocation_index) lane: u32${matrices ? ', @builtin(subgroup_id) subgroup: u32' : ''}) {
  let group = place.y * p.across + place.x;
  if (group >= p.groups) { return; }
${main}
}
`;
}
