import { show, sizeOf } from '../shape.ts';
import type { Anomaly } from './findAnomaly.ts';
import { placed } from './moments.ts';
import { magnitude } from './numbers.ts';
import type { Numbers } from './numbers.ts';

/** An anomaly in a few words. */
export const anomalyInShort = ({ pass, op, box, tensor: { name, first } }: Anomaly): string =>
  `the first number that is not finite is ${first?.value}, in the ${pass} of ${placed(op, box)}: ${name}`;

/** The largest numbers, where all are finite, in a few words. */
export const largestInShort = ({ pass, op, box, tensor }: Anomaly): string =>
  `the largest, ${short(magnitude(tensor))}, is in the ${pass} of ${placed(op, box)}: ${tensor.name}`;

/** Where it came up and what from, in lines. */
export function anomalyLines({ pass, op, box, tensor, inputs }: Anomaly): string {
  const largest = Math.max(...inputs.map(magnitude));
  const lines = inputs.map((input) => {
    const mark = inputs.length > 1 && magnitude(input) === largest ? '  <- the largest' : '';
    return `${inWords(input)}${mark}`;
  });
  return [
    `  box     ${box === '' ? 'none' : box}`,
    `  op      ${op}, ${pass}`,
    `  result  ${inWords(tensor)}`,
    ...lines.map((line, i) => `  ${i === 0 ? 'inputs' : '      '}  ${line}`),
  ].join('\n');
}

function inWords({ name, shape, range, notFinite, first }: Numbers): string {
  const finite = range ? `${short(range[0])} to ${short(range[1])}` : 'no finite number';
  if (!first) return `${name} ${show(shape)}: ${finite}`;
  const share = `${notFinite} of ${sizeOf(shape)} not finite`;
  return `${name} ${show(shape)}: ${share}, the first ${first.value} at [${first.place.join(', ')}]; others ${finite}`;
}

/** A number in three digits. */
export const short = (value: number): string =>
  Math.abs(value) >= 1e9 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
