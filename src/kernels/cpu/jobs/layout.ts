// Numbers that host and assembly must agree on. Both compilers read this file, TypeScript's and AssemblyScript's: constants only.

// The memory map, in byte addresses. The arena's arrays follow.
export const KERNEL_CONSTANTS = 1024; // constant tables of the kernels
export const PAIR_CONSTANTS = 32768; // constant tables of pairs/
export const TICKETS = 49152; // the chunks that are left
export const QUEUE = 57344; // the jobs that are published
export const ARENA = 65536;

// A job's slot in the queue: byte offsets.
export const QUEUE_SLOTS = 16;
export const SLOT_BYTES = 512;
export const JOB_KERNEL = 0;
export const JOB_CHUNKS = 4;
export const ARGUMENTS = 8; // four bytes each

// Products.
export const TILE_ROWS = 5; // rows of results in registers; tile.ts, wideTile.ts and pack.ts are unrolled for 5
export const PANEL_COLUMNS = 8; // columns of packed b; wide tiles take two panels
export const BLOCK_ROWS = 80; // rows of a that a thread packs at once
export const NATIVE_BLOCK_ROWS = 96; // the same for tiles in machine code
export const AMX_BLOCK_ROWS = 256; // the same for AMX
export const EMULATED_ROWS = 4; // of a tile of pairs without machine code; pairTile.ts is unrolled for them
export const EMULATED_COLUMNS = 8;
export const PAIRS_NONE = 0; // operands are floats
export const PAIRS_NATIVE = 1; // they are pairs of bf16, multiplied by machine code
export const PAIRS_EMULATED = 2; // or without
export const PAIRS_AMX = 3; // or by AMX, which takes 16 pairs at once
export const PAIRS_SPLIT = 4; // floats are sums of three bf16, whose pairs AMX multiplies
export const AMX_PAIRS = 16;
export const PARTS = 3; // of a float: 16 pairs of the largest, then as many of the others
export const DEPTH = 512; // k of a block: a panel of b (16 KiB) stays in the first-level cache

// Attention.
export const BLOCK_QUERIES = 128; // most of a block
export const BLOCK_SCORES = 65536; // most of a block, and most keys of a query: what stays in the second-level cache, also twice

// A call of the tiles in machine code (native/tiles/tilesCode.ts): byte offsets of its arguments. Addresses count from the memory's beginning.
export const CALL_A = 0; // the first row's first element
export const CALL_A_ROW = 4; // bytes to the next row of a
export const CALL_A_STEP = 8; // bytes to the next k
export const CALL_A_TILE = 12; // bytes to the next tile's first row
export const CALL_B = 16; // packed panels
export const CALL_DEPTH = 20; // of floats, or of pairs of bf16
export const CALL_ROWS = 24;
export const CALL_COLUMNS = 28; // used up by the call
export const CALL_C = 32;
export const CALL_C_ROW = 36; // bytes
export const CALL_BEFORE = 40; // a panel's width of floats that the sums begin with
export const CALL_BEFORE_STEP = 44; // bytes to the next panel's
export const CALL_ADD = 48; // whether c is added
export const CALL_EDGE_BITS = 52; // a bit for each column of the last panel, if that is not whole
export const CALL_TASK = 56; // what to do
export const CALL_EDGE_LANES = 64; // the same as 32 integers, 0 or -1
export const CALL_OWN = 192; // three addresses of 64 bits that the call keeps here
export const CALL_TILES = 256; // the configuration of AMX, then the sums of a tile of 32 x 32
export const CALL_BYTES = 4416;

// Tasks where operands are bf16, and the arguments of those that pack, in the places of others (native/packing).
export const TASK_MULTIPLY = 0;
export const TASK_PAIR_ROWS = 1; // lanes that lie side by side become panels of pairs
export const TASK_ROUND_ROWS = 2; // lanes that are contiguous over k become rows of bf16
export const TASK_TRANSPOSE = 3; // words of rows become words of columns, 16 by 16
export const PACK_SOURCE = CALL_A;
export const PACK_STRIDE = CALL_A_ROW; // bytes to the next row of the source
export const PACK_TARGET = CALL_C;
export const PACK_STEP = CALL_C_ROW; // bytes to the next pair, or row, of the target
export const PACK_PANEL = CALL_A_TILE; // bytes to the next 32 lanes of the target
export const PACK_DEPTH = CALL_DEPTH; // of floats, or of words to transpose
export const PACK_LANES = CALL_ROWS;
export const PACK_SCALE = CALL_ADD; // a float
export const PACK_ORDER = CALL_BEFORE; // the address of 32 numbers: which 16 bits of two vectors become words

// Tasks that pass over rows of floats (native/rows), and their arguments.
export const TASK_SOFTMAX = 4;
export const TASK_SOFTMAX_BACKWARD = 5;
export const TASK_GELU = 6;
export const TASK_GELU_BOTH = 7; // its gradient and itself
export const TASK_DROP = 8;
export const TASK_DROP_BOTH = 9; // two arrays by one mask
export const TASK_EXP = 10;
export const TASK_ROWS_ALONG = 11; // packing of floats (native/packing/floatPanels.ts): lanes of a that lie side by side
export const TASK_ROWS_ACROSS = 12; // those that are contiguous over k, 16 k at a time
export const TASK_COLUMNS_ALONG = 13; // the same of b
export const TASK_COLUMNS_ACROSS = 14;
export const TASK_MOMENTS = 15; // of rows, for LayerNorm
export const TASK_NORMALISE = 16;
export const TASK_NORM_SUMS = 17; // of rows, for its gradient
export const TASK_NORM_BACKWARD = 18;
export const TASK_NORM_GRADIENTS = 19; // of its parameters
export const TASK_ADAMW = 20;
export const TASK_SUM_FOURS = 21; // of rows, column by column
export const TASK_SUM_EXP = 22;
export const TASK_SUM_SQUARES = 23;
export const PASS_X = 0;
export const PASS_X_ROW = 4; // bytes to the next row
export const PASS_Y = 8;
export const PASS_Y_ROW = 12;
export const PASS_Z = 16;
export const PASS_Z_ROW = 20;
export const PASS_ROWS = 24; // at least one, as of columns; k to pack
export const PASS_COLUMNS = 28; // or panels to pack
export const PASS_RESULTS = 32; // the address of what there is of each row
export const PASS_SCALE = 36; // a float
export const PASS_COUNTER = 40; // of dropout's hash: the first row's first
export const PASS_COUNTER_STEP = 44; // to the next row's
export const PASS_KEYS = 48; // the address of six round keys, the threshold and the factor
export const PASS_LANES = 52; // the address of the integers from 0 to 15
export const PASS_FACTORS = 60; // the address of a row of factors, behind CALL_TASK
export const PASS_MORE = 64; // 64 bits: from a row of y, or a number, to what else belongs to it
