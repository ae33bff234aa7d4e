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
  const element = `let i = e * ${SUBGROUP}u + lane_in_subgroup; let row = i / ${n}u; let column = i % ${n}u;`;
  const emulation = `
var<private> lane_in_subgroup: u32;
alias Result = array<f32, ${held}>;
fn multiply(left: vec2u, right: vec2u, sum: Result) -> Result {
  var c = sum;
  for (var e = 0u; e < ${held}u; e++) {
    ${element}
    for (var t = 0u; t < ${k}u; t++) {
      c[e] += f32(a_tile[left.x + row * left.y + t]) * f32(b_tile[right.x + column * right.y + t]);
    }
  }
  return c;
}
fn store_result(offset: u32, value: Result, stride: u32) {
  var c = value;
  for (var e = 0u; e < ${held}u; e++) {
    ${element}
    results[offset + row * stride + column] = c[e];
  }
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
