/** Invocations of a workgroup that reduces; a power of two. */
export const TREE = 256;

/** WGSL of `${name}Over(lane, value)`: all invocations get the values' reduction, by one fixed tree. */
function tree(name: string, combine: (a: string, b: string) => string): string {
  return `
var<workgroup> ${name}Tree: array<f32, ${TREE}>;
fn ${name}Over(lane: u32, value: f32) -> f32 {
  workgroupBarrier(); // what was here is read
  ${name}Tree[lane] = value;
  workgroupBarrier();
  for (var half = ${TREE / 2}u; half > 0u; half /= 2u) {
    if (lane < half) { ${name}Tree[lane] = ${combine(`${name}Tree[lane]`, `${name}Tree[lane + half]`)}; }
    workgroupBarrier();
  }
  return ${name}Tree[0];
}
`;
}

export const sumTree = tree('sum', (a, b) => `${a} + ${b}`);
export const maximumTree = tree('maximum', (a, b) => `max(${a}, ${b})`);

/** WGSL of a loop of a workgroup over columns [from, to). */
export const overColumns = (body: string, from = '0u', to = 'p.columns'): string =>
  `for (var c = ${from} + lane; c < ${to}; c += ${TREE}u) { ${body} }`;
