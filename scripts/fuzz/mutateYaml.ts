import { parse } from 'yaml';
import { mutateJson, PATHS } from './mutateJson.ts';
import type { Draws } from './random.ts';

const SCALARS = [
  '!!js/function "x"', '!!binary aGVsbG8=', '!!set {a, b}', '!!int "x"', '&a [*a]', '*nothing', '&a {b: *a}', '{<<: {seed: 1}}',
  '|\n  a\n b', '>+\n\n', '? a', '- - - a', '.nan', '-.inf', '0x1F', '0o7', '1_000', '2001-12-14', '~', '', '\t', '"\\x1b[31m"', "'", '"',
  '[', '{', '{a: 1, a: 2}', '%YAML 9', '@', '`', '[,]', '!<tag:x> 1', '1e999', '-0', '"\\uD800"', '[[[[[[[[[[1]]]]]]]]]]',
  'x'.repeat(100_000), '['.repeat(10_000), '{a: '.repeat(10_000), '- '.repeat(20_000), ...PATHS,
]; // prettier-ignore
const LINES = ['---', '...', '%YAML 1.1', '--- # second', '\t', 'seed: 1', '? {a: b}', '<<: *x', '__proto__: {a: 1}', '- 1', ' x', '#'.repeat(1000)]; // prettier-ignore
/** Each alias doubles what it stands for. */
const LAUGHS = Array.from({ length: 30 }, (_, i) => `l${i}: &l${i} [${i === 0 ? '1' : `*l${i - 1}, *l${i - 1}`}]`);

/** A config, changed as JSON (which is YAML) or in its lines. */
export function mutateYaml(text: string, draws: Draws): string {
  if (draws.chance(0.5)) return mutateJson(parse(text), draws);
  const lines = text.split('\n');
  for (let count = 1 + draws.below(3); count > 0; count--) {
    const at = draws.below(lines.length);
    const kind = draws.below(7);
    if (kind < 3) lines[at] = lines[at].replace(/(:\s*)[^:]*$/, (_, colon: string) => `${colon}${draws.pick(SCALARS)}`);
    else if (kind === 3) lines.splice(at, 0, draws.pick(LINES));
    else if (kind === 4) lines.splice(at, 0, lines[draws.below(lines.length)]);
    else if (kind === 5) lines[at] = `  ${lines[at]}`;
    else if (draws.chance(0.2)) lines.push(...LAUGHS);
    else lines.push(...Array.from({ length: draws.pick([10, 5000]) }, (_, i) => `unknown${i}: ${i}`));
  }
  return lines.join('\n');
}
