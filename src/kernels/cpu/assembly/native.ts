/** Computes tiles in machine code, which the host connects; the call's arguments are at this address, see jobs/layout.ts. */
export declare function multiplyTiles(call: usize): void;
