// Numbers that host and assembly must agree on. Both compilers read this file, TypeScript's and AssemblyScript's: constants only.

// The memory, by byte address. The arena's arrays follow.
export const ARGUMENTS = 260; // a job's arguments, four bytes each
export const KERNEL_CONSTANTS = 1024; // tables in the code of the kernels
export const PAIR_CONSTANTS = 32768; // tables in the code of pairs/
export const TICKETS = 49152; // which chunks are left
export const ARENA = 65536;

// Products.
export const TILE_ROWS = 5; // of results in registers; tile.ts, wideTile.ts and pack.ts are written out for them
export const PANEL_COLUMNS = 8; // of packed b; wide tiles take two panels
export const BLOCK_ROWS = 80; // rows of a that a thread packs at once
export const DEPTH = 512; // k of a block: a panel of b (16 KiB) stays in the first-level cache

// Attention.
export const BLOCK_QUERIES = 128; // most of a block
export const BLOCK_SCORES = 65536; // most of a block, and most keys of a query: what stays in the second-level cache, also twice
