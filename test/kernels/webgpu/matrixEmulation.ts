import type { MatrixUnit } from '../../../src/kernels/webgpu/kernels/matmul/matrixTile.ts';

/** An operand: where it is loaded only its place is noted, and it is read when it is multiplied, with no barrier in between. */
interface Operand {
  readonly array: string;
  readonly order: string;
}

const CALLS = new RegExp(
  [
    String.raw`let (?<name>\w+) = subgroupMatrixLoad<subgroup_matrix_(?:left|right)<[^>]*>, (?<order>row_major|col_major)>\(&(?<array>\w+), `,
    String.raw`subgroupMatrixMultiplyAccumulate\((?<left>\w+), (?<right>\w+), (?<sum>\w+)\)`,
    String.raw`subgroupMatrixStore<row_major>\(&(?<target>\w+), `,
  ].join('|'),
  'g',
);

/**
 * Rewrites a shader with subgroup matrices to one without, of the same arithmetic, which software drivers can run. Of a result each
 * invocation of a subgroup holds every so manieth element. Everything long is in functions, one for each pair of arrays, and drivers do
 * not know the counts of their loops, so that they cannot unroll them: else lavapipe would compile for minutes.
 */
export function emulated(code: string, { m, n, k, subgroup }: MatrixUnit): string {
  if (!code.includes('subgroup_matrix_')) return code;
  const own = Math.ceil((m * n) / subgroup);
  const operands = new Map<string, Operand>();
  const functions = new Map<string, string>();

  const multiply = (left: Operand, right: Operand): string => {
    const name = `multiply_${left.array}_${left.order}_${right.array}_${right.order}`;
    functions.set(
      name,
      `
fn ${name}(left: vec2u, right: vec2u, before: Result, invocation: u32, unknown: u32) -> Result {
  var sums = before;
  for (var i = 0u; i < ${own}u + unknown; i++) {
    let row = (invocation + i * ${subgroup}u) / ${n}u;
    let column = (invocation + i * ${subgroup}u) % ${n}u;
    var sum = sums[i];
    for (var t = 0u; t < ${k}u + unknown; t++) {
      sum = fma(f32(${left.array}[${place('left', left.order, 'row', 't')}]), f32(${right.array}[${place('right', right.order, 't', 'column')}]), sum);
    }
    sums[i] = sum;
  }
  return sums;
}
`,
    );
    return name;
  };
  const store = (array: string): string => {
    const name = `store_to_${array}`;
    functions.set(
      name,
      `
fn ${name}(invocation: u32, unknown: u32, at: u32, given: Result, stride: u32) {
  var sums = given;
  for (var i = 0u; i < ${own}u + unknown; i++) {
    ${array}[at + (invocation + i * ${subgroup}u) / ${n}u * stride + (invocation + i * ${subgroup}u) % ${n}u] = sums[i];
  }
}
`,
    );
    return name;
  };
  const known = (name: string): Operand => {
    const operand = operands.get(name);
    if (!operand) throw new Error(`the shader multiplies ${name} before it loads it`);
    return operand;
  };

  const rewritten = code
    .replace(/enable (subgroups|subgroup_size_control|chromium_experimental_subgroup_matrix);/g, '')
    .replace(/ @subgroup_size\(\d+\)/, '')
    .replace(', @builtin(subgroup_id) subgroup: u32', '')
    .replace(
      /let group = /,
      `let subgroup = lane / ${subgroup}u;
  let invocation = lane % ${subgroup}u;
  let unknown = p.across >> 31u; // 0
  $&`,
    )
    .replace(/subgroup_matrix_result<[^>]*>\(\)/g, 'Result()')
    .replace(CALLS, (...found) => {
      const { name, order, array, left, right, sum, target } = found.at(-1) as Record<string, string>;
      if (target) return `${store(target)}(invocation, unknown, `;
      if (left) return `${multiply(known(left), known(right))}(${left}, ${right}, ${sum}, invocation, unknown)`;
      operands.set(name, { array, order });
      return `let ${name} = vec2u(`;
    });
  return rewritten.replace(
    '@compute',
    () => `alias Result = array<f32, ${own}>;\n${[...functions.values()].join('')}@compute`,
  );
}

/** The index of an element of an operand, of which the offset and the stride are known. */
function place(operand: string, order: string, row: string, column: string): string {
  const [line, along] = order === 'row_major' ? [row, column] : [column, row];
  return `${operand}.x + ${line} * ${operand}.y + ${along}`;
}
