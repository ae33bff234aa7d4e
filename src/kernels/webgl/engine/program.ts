/**
 * A kernel in gpu.js's language: the body of a JavaScript function that computes one number of the result, for the thread
 * (`this.thread.x`, `this.thread.y`, `this.thread.z`). It is text, not a function, because gpu.js translates source text, and
 * compilers and minifiers rewrite functions.
 *
 * gpu.js allows `let`, `if`, `for (let i = 0; i < n; i++)` with a different variable in each loop, arithmetic and `Math`. Array
 * indices are exact; other integers are exact only below 2^24.
 */
export interface Program<P extends ProgramInputs> {
  readonly name: string;
  /** The names and types that the body uses: numbers, or arrays that are read as x[i], x[row][i] or x[z][row][i]. */
  readonly parameters: P;
  readonly body: string;
  /** Functions in the same language, called by the body. */
  readonly functions?: readonly string[];
  /** Numbers that one thread returns: 4 for packed arrays, as `return [a, b, c, d]`. */
  readonly returns?: 4;
}

/** `packed` arrays have four numbers at each index. */
export type ProgramInputs = { readonly [name: string]: 'array' | 'packed' | 'integer' | 'real' };

/** An array as a program sees it: x changes fastest. */
export interface Shaped<A> {
  readonly array: A;
  readonly shape: Extent;
}
export type Extent = readonly [x: number, y: number, z: number];

export type ProgramArguments<P extends ProgramInputs, A> = {
  readonly [N in keyof P]: P[N] extends 'array' | 'packed' ? Shaped<A> : number;
};

/** Runs a program for each element of `shape`; element (x, y, z) is written to index (z * shape.y + y) * shape.x + x of `output`. */
export type RunProgram<P extends ProgramInputs, A> = (
  output: A,
  shape: Extent | readonly [number] | readonly [number, number],
  values: ProgramArguments<P, A>,
) => void;

/** The source of the function that gpu.js compiles. */
export function sourceOf({ parameters, body }: Program<ProgramInputs>): string {
  return `function (${Object.keys(parameters).join(', ')}) {${body}}`;
}
