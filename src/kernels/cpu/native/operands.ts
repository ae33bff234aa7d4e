/** General registers by their numbers. */
export const rax = 0;
export const rcx = 1;
export const rdx = 2;
export const rbx = 3;
export const rsp = 4;
export const rbp = 5;
export const rsi = 6;
export const rdi = 7;
export const [r8, r9, r10, r11, r12, r13, r14, r15] = [8, 9, 10, 11, 12, 13, 14, 15] as const;

/** base + scale * index + displacement */
export interface Memory {
  readonly base: number;
  readonly displacement: number;
  readonly index?: number | undefined;
  readonly scale?: 1 | 2 | 4 | 8 | undefined;
}
export const at = (base: number, displacement = 0, index?: number, scale: 1 | 2 | 4 | 8 = 1): Memory => ({
  base,
  displacement,
  index,
  scale,
});

/** A place in the code that jumps go to. */
export interface Label {
  position?: number;
  readonly jumps: number[];
}

/** A place that is not known yet. */
export const open = (): Label => ({ jumps: [] });

/** Bits of vectors. With 512 (and for registers from 16 on, and for masks) the encoding is EVEX, otherwise VEX. */
export type VectorBits = 128 | 256 | 512;

/** A register, or a place in memory. */
export type Operand = number | Memory;
