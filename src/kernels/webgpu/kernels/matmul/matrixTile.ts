/** The product that an adapter's matrix units compute, accumulated in f32; a whole subgroup computes one (m x k) @ (k x n) at a time. */
export interface MatrixUnit {
  /** The type of its operands. */
  readonly operand: 'f16' | 'f32';
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Invocations per subgroup. Workgroups are sized for the largest possible subgroup, where its size cannot be fixed. */
  readonly subgroup: number;
  /** Whether shaders fix that size. */
  readonly fixed: boolean;
}

/**
 * A workgroup's part of a product: side x side of c, divided among down x across subgroups, each of which holds its part in the
 * unit's matrices.
 */
export interface MatrixTile {
  readonly side: number;
  readonly down: number;
  readonly across: number;
  /**
   * Whether the unit loads operands from the arrays themselves, where these have its type and the tiles fill the product; otherwise they
   * pass through workgroup memory, as the unit takes them.
   */
  readonly straight: boolean;
}

/** Rows and columns of a subgroup: 32 x 64, 32 x 32 and 64 x 64, which loads least for each multiplication and takes most registers. */
const shapes = [
  { side: 128, down: 4, across: 2 },
  { side: 64, down: 2, across: 2 },
  { side: 128, down: 2, across: 2 },
] as const;

/** The preferred ones first. */
export const matrixTiles: readonly MatrixTile[] = [false, true].flatMap((straight) =>
  shapes.map((shape) => ({ ...shape, straight })),
);

/** Terms loaded at a time, and elements from one line of a tile to the next: a little more, so that lines start in different banks. */
export const linesOf = (operand: MatrixUnit['operand']): { depth: number; stride: number } =>
  operand === 'f16' ? { depth: 32, stride: 40 } : { depth: 16, stride: 24 };

/** What a tile of 64 x 64 a subgroup may take, as others never do: more would leave the registers, or be a text that compiles for long. */
const MOST_SUMS = 128; // of an invocation
const MOST_MATRICES = 32; // of a subgroup

/** Whether a tile fits the unit and the device. */
export function matrixTileFits(
  { side, down, across }: MatrixTile,
  unit: MatrixUnit,
  limits: Pick<GPUSupportedLimits, 'maxComputeInvocationsPerWorkgroup' | 'maxComputeWorkgroupStorageSize'>,
): boolean {
  const subgroups = down * across;
  const operands = 2 * side * linesOf(unit.operand).stride * (unit.operand === 'f16' ? 2 : 4);
  const bytes = operands + 4 * subgroups * unit.m * unit.n;
  const part = (side * side) / subgroups;
  const large = part === 64 * 64;
  return (
    subgroups * unit.subgroup <= limits.maxComputeInvocationsPerWorkgroup &&
    bytes <= limits.maxComputeWorkgroupStorageSize &&
    !(large && (part / unit.subgroup > MOST_SUMS || part / unit.m / unit.n > MOST_MATRICES))
  );
}

/** The elements that a straight operand's lines must be multiples of: Vulkan asks for 16 bytes. */
export const alignmentOf = (operand: MatrixUnit['operand']): number => (operand === 'f16' ? 8 : 4);
