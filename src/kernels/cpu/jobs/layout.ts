// Numbers that host and assembly must agree on. Both compilers read this file, TypeScript's and AssemblyScript's: constants only.

// The memory map, in byte addresses. The arena's arrays follow.
export const ARGUMENTS = 260; // a job's arguments, four bytes each
export const KERNEL_CONSTANTS = 1024; // constant tables of the kernels
export const PAIR_CONSTANTS = 32768; // constant tables of pairs/
export const TICKETS = 49152; // the chunks that are left
export const ARENA = 65536;

// Products.
export const TILE_ROWS = 5; // rows of results in registers; tile.ts, wideTile.ts and pack.ts are unrolled for 5
export const PANEL_COLUMNS = 8; // columns of packed b; wide tiles take two panels
export const BLOCK_ROWS = 80; // rows of a that a thread packs at once
export const DEPTH = 512; // k per block: a panel of b (16 KiB) stays in the L1 cache

// Attention.
export const BLOCK_QUERIES = 128; // maximum per block
export const BLOCK_SCORES = 65536; // maximum per block, and of keys per query: twice as many still fit the L2 cache
