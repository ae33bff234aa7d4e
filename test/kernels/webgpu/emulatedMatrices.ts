import type { MatrixUnit } from '../../../src/kernels/webgpu/matrixShader.ts';
import type { Shader } from '../../../src/kernels/webgpu/shader.ts';

/**
 * The shader with subgroup matrices in plain WGSL, for adapters that have none: every invocation holds whole matrices, and
 * all of a subgroup write the same. It tells whether tiles, edges and epilogues are right, not whether Dawn's builtins are.
 */
export function withEmulatedMatrices<S extends Shader<string, string>>(shader: S, { m, n, k }: MatrixUnit): S {
  const { declarations = '', main } = shader;
  const sizeOf = (name: string): number => Number(new RegExp(`${name}: array<\\w+, (\\d+)>`).exec(declarations)?.[1]);
  const load = (name: string, tile: string, rows: number, columns: number, index: string): string => `
fn ${name}(offset: u32, stride: u32) -> array<f32, ${rows * columns}> {
  var matrix: array<f32, ${rows * columns}>;
  for (var r = 0u; r < ${rows}u; r++) {
    for (var c = 0u; c < ${columns}u; c++) { matrix[r * ${columns}u + c] = f32(${tile}[offset + ${index}]); }
  }
  return matrix;
}
`;
  const emulation = `
${load('load_left', 'a_tile', m, k, 'r * stride + c')}
${load('load_right', 'b_tile', k, n, 'c * stride + r')}
fn multiply(left: array<f32, ${m * k}>, right: array<f32, ${k * n}>, sum: array<f32, ${m * n}>) -> array<f32, ${m * n}> {
  var a = left;
  var b = right;
  var c = sum;
  for (var i = 0u; i < ${m}u; i++) {
    for (var j = 0u; j < ${n}u; j++) {
      for (var t = 0u; t < ${k}u; t++) { c[i * ${n}u + j] += a[i * ${k}u + t] * b[t * ${n}u + j]; }
    }
  }
  return c;
}
fn store_result(offset: u32, value: array<f32, ${m * n}>, stride: u32) {
  var matrix = value;
  for (var i = 0u; i < ${m * n}u; i++) { results[offset + i / ${n}u * stride + i % ${n}u] = matrix[i]; }
}
`;
  if (![sizeOf('a_tile'), sizeOf('b_tile'), sizeOf('results')].every((size) => size > 0)) throw new Error('no tiles');
  return {
    ...shader,
    declarations: declarations + emulation,
    main: main
      .replaceAll(/subgroupMatrixLoad<subgroup_matrix_left<f16, \d+, \d+>, row_major>\(&a_tile, /g, 'load_left(')
      .replaceAll(/subgroupMatrixLoad<subgroup_matrix_right<f16, \d+, \d+>, col_major>\(&b_tile, /g, 'load_right(')
      .replaceAll(/subgroup_matrix_result<f32, \d+, \d+>\(\)/g, `array<f32, ${m * n}>()`)
      .replaceAll('subgroupMatrixMultiplyAccumulate(', 'multiply(')
      .replaceAll('subgroupMatrixStore<row_major>(&results, ', 'store_result(')
      .replace('let part = subgroup ', 'let part = lane / 8u '),
  };
}
