import type { KernelParameters } from '../../../contract.ts';
import type { GpuArray } from '../../engine/buffers.ts';
import type { Dispatch } from '../../engine/queue.ts';
import type { maskParameters } from '../wgsl/dropoutMask.ts';
import type { ProductLayout, MatmulShader } from './productText.ts';

export type ProductArray = 'a' | 'b' | 'bias' | 'c' | 'y' | 'sums';
/** The shader of a product. */
export type Product = Dispatch<ProductArray, keyof MatmulShader['parameters']>;

export type Activation = Record<'tanh' | keyof typeof maskParameters, number>;

/** The product's terms run through several pairs of matrices, `aStep` and `bStep` apart, with p.k terms each. */
export interface Joined {
  readonly count: number;
  readonly aStep: number;
  readonly bStep: number;
}

/** What is computed along with a product c. */
export interface Extras {
  readonly joined?: Joined | undefined;
  readonly epilogue?: ProductLayout['epilogue'];
  /** Added to each row of c: one for each of `outer`. */
  readonly bias?: GpuArray;
  /** See the epilogues. */
  readonly y?: GpuArray;
  readonly activation?: Activation;
  /** The sums of op(a)'s rows. */
  readonly sums?: GpuArray;
}

export type Multiply = (a: GpuArray, b: GpuArray, c: GpuArray, p: KernelParameters<'matmul'>, extras?: Extras) => void;
