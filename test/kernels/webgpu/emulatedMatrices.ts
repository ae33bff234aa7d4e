import type { MatrixUnit } from '../../../src/kernels/webgpu/matrixShader.ts';
import type { Shader } from '../../../src/kernels/webgpu/shader.ts';

/** Invocations of an emulated subgroup. */
export const SUBGROUP = 32; // so many that each brings one block: text that is there once compiles quickly

/**
 * The shader with subgroup matrices in plain WGSL, for adapters that have none. As in the hardware each invocation of a subgroup holds
 * some of the elements of a result. It tells whether tiles, edges and epilogues are right, not whether Dawn's builtins are.
 */
export function withEmulatedMatrices<S extends Shader<string, string>>(shader: S, { m, n, k }: MatrixUnit): S {
  const held = (m * n) / SUBGROUP;
  const upTo = (count: number): number[] => [...Array(count).keys()];
  // By constants: an array of registers that is indexed otherwise takes a software driver minutes to compile.
  const elements = (body: (e: number, row: string, column: string) => string): string =>
    upTo(held)
      .map((e) => `i = ${e * SUBGROUP}u + lane_in_subgroup; ${body(e, `i / ${n}u`, `i % ${n}u`)}`)
      .join('\n  ');
  const emulation = `
var<private> lane_in_subgroup: u32;
alias Result = array<f32, ${held}>;
fn product(left: vec2u, right: vec2u, row: u32, column: u32) -> f32 {
  var sum = 0.0;
  for (var t = 0u; t < ${k}u; t++) {
    sum += f32(a_tile[left.x + row * left.y + t]) * f32(b_tile[right.x + column * right.y + t]);
  }
  return sum;
}
fn multiply(left: vec2u, right: vec2u, sum: Result) -> Result {
  var c = sum;
  var i = 0u;
  ${elements((e, row, column) => `c[${e}] += product(left, right, ${row}, ${column});`)}
  return c;
}
fn store_result(offset: u32, c: Result, stride: u32) {
  var i = 0u;
  ${elements((e, row, column) => `results[offset + ${row} * stride + ${column}] = c[${e}];`)}
}
`;
  return {
    ...shader,
    declarations: (shader.declarations ?? '') + emulation,
    main: `lane_in_subgroup = lane % ${SUBGROUP}u;
${shader.main}`
      .replaceAll(/subgroupMatrixLoad<subgroup_matrix_left<f16, \d+, \d+>, row_major>\(&a_tile, /g, 'vec2u(')
      .replaceAll(/subgroupMatrixLoad<subgroup_matrix_right<f16, \d+, \d+>, col_major>\(&b_tile, /g, 'vec2u(')
      .replaceAll(/subgroup_matrix_result<f32, \d+, \d+>\(\)/g, 'Result()')
      .replaceAll('subgroupMatrixMultiplyAccumulate(', 'multiply(')
      .replaceAll('subgroupMatrixStore<row_major>(&results, ', 'store_result(')
      .replace('let part = subgroup ', `let part = lane / ${SUBGROUP}u `),
  };
}
