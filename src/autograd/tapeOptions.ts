import type { DeviceArray } from '../kernels/device.ts';
import type { Parameter } from './parameters/parameter.ts';
import type { Gradients, Tensor } from './tensor.ts';

/** Called for every op of a tape. Tensors and gradients must be read at once, before they are freed. */
export interface TapeObserver {
  /**
   * Called when an op has been recorded.
   * @param box the path of the innermost box that the op is in; empty outside of boxes
   */
  onForward(op: string, inputs: readonly Tensor[], outputs: readonly Tensor[], box: string): void;
  /** Called when the gradient of a tensor is complete. */
  onBackward?(tensor: Tensor, gradient: DeviceArray): void;
  /** Called when the backward of an op has run. */
  onGradients?(step: BackwardStep): void;
}

/** The backward of one op. */
export interface BackwardStep {
  /** The op's name. */
  readonly op: string;
  /** The path of the innermost box that the op is in; empty outside of boxes. */
  readonly box: string;
  /** What the op was given. */
  readonly inputs: readonly Tensor[];
  /** What it made. */
  readonly outputs: readonly Tensor[];
  /** Of the outputs; undefined for one that nothing depends on. */
  readonly outputGradients: Gradients;
  /** Of the inputs; that of a parameter is what the parameter has so far. */
  readonly inputGradients: Gradients;
}

/** How a tape records one forward pass. */
export interface TapeOptions {
  /** Whether dropout is on (default true). */
  readonly training?: boolean;
  /** Whether backward will be called (default true); if false, nothing is saved for it. */
  readonly gradients?: boolean;
  /** Dropout masks depend only on `seed`, `step` and the dropout's path in the model. */
  readonly seed?: number;
  /** The optimizer step, or any string or number that distinguishes one forward pass from another. */
  readonly step?: number | string;
  /** With an observer, ops run one by one, without fused kernels. */
  readonly observer?: TapeObserver;
  /** Whether the arrays of each block are freed after forward and made again in backward (default false). */
  readonly recompute?: boolean;
  /** Called after each step of backward, with the parameters whose gradients of this pass are complete since. */
  readonly onStepBack?: (completed: readonly Parameter[]) => void;
}
