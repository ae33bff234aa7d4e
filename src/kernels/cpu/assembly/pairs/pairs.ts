// The second module's exports: functions that work on pairs of neighbouring vectors, stored one after the other, which some engines
// join into 256-bit vectors. They call only each other.
export { wideTile } from './wideTile';
export { expRow } from './expRow';
export { drawPart } from './drawPart';
