import type { Initialise } from '../autograd/parameters/initialise.ts';
import type { Initialisation, ModelOptions } from './options.ts';

/** Normal weights, cut where the option says so. */
export const normalWeights = (deviation: number, { cutoff }: Pick<Initialisation, 'cutoff'>): Initialise =>
  cutoff === 'none' ? { normal: deviation } : { normal: deviation, cutoff };

/** By what the initial weights are multiplied of a layer whose outputs end in the residual stream or in the logits. */
export const outputShare = ({ initialisation, layers }: Pick<ModelOptions, 'initialisation' | 'layers'>): number =>
  initialisation.byDepth ? 1 / Math.sqrt(2 * layers) : 1;
