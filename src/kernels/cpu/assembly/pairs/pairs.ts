// The second module's exports: functions that go by pairs of vectors side by side, stored one behind the other, which some engines
// join to vectors of 256 bits. They call nothing but each other.
export { wideTile } from './wideTile';
export { expRow } from './expRow';
export { drawPart } from './drawPart';
