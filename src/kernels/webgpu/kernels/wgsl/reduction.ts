import type { Traits } from '../../engine/traits.ts';

type Type = 'f32' | 'vec2f';

/**
 * WGSL of `${name}(lane, value)`, which the whole workgroup must call: every `lanes` neighbouring invocations get the reduction of
 * their values, always combined in the same order. With subgroups of at least `leastSubgroup` invocations, that many reduce by
 * shuffles, and only their results, if there are several, pass through workgroup memory; without subgroups, a tree there does it all.
 */
export function reduction(
  name: string,
  type: Type,
  combine: (a: string, b: string) => string,
  lanes: number,
  { leastSubgroup }: Pick<Traits, 'leastSubgroup'>,
  workgroup: number,
): string {
  const together = Math.min(lanes, leastSubgroup);
  const memory = `var<workgroup> ${name}Values: array<${type}, ${workgroup}>;`;
  const at = (index: string): string => `${name}Values[${index}]`;
  if (together > 1)
    return `
${together < lanes ? memory : ''}
fn ${name}(lane: u32, value: ${type}) -> ${type} {
  var all = value;
  ${Array.from({ length: Math.log2(together) }, (_, i) => `all = ${combine('all', `subgroupShuffleXor(all, ${2 ** i}u)`)};`).join('\n  ')}
  ${together < lanes ? amongSubgroups(at, combine, lanes, together) : ''}
  return all;
}
`;
  return `
${memory}
fn ${name}(lane: u32, value: ${type}) -> ${type} {
  workgroupBarrier(); // what was here has been read
  ${at('lane')} = value;
  workgroupBarrier();
  let place = lane % ${lanes}u;
  for (var half = ${lanes / 2}u; half > 0u; half /= 2u) {
    if (place < half) { ${at('lane')} = ${combine(at('lane'), at('lane + half'))}; }
    workgroupBarrier();
  }
  return ${at('lane - place')};
}
`;
}

function amongSubgroups(
  at: (index: string) => string,
  combine: (a: string, b: string) => string,
  lanes: number,
  together: number,
): string {
  return `workgroupBarrier(); // what was here has been read
  ${at('lane')} = all;
  workgroupBarrier();
  let first = lane / ${lanes}u * ${lanes}u;
  all = ${at('first')};
  for (var i = ${together}u; i < ${lanes}u; i += ${together}u) { all = ${combine('all', at('first + i'))}; }`;
}

export const plus = (a: string, b: string): string => `${a} + ${b}`;
export const maximum = (a: string, b: string): string => `max(${a}, ${b})`;
