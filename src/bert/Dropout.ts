import { drop } from '../autograd/ops/dropoutMask.ts';
import type { DropoutMask } from '../autograd/ops/dropoutMask.ts';
import type { ParameterScope } from '../autograd/parameters/parameters.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { Box } from './box.ts';
import type { DropoutSite } from './options.ts';

/** A site of the model's, or that of a classifier's head. */
type Site = DropoutSite | 'classifier';

/** Dropout of the diagram (Srivastava et al. 2014): on in training, off in evaluation and at sites not in `dropoutAt`. */
export class Dropout extends Box {
  readonly #path: string;
  readonly #rate: number;

  /** @param site where it is: it is on if that is one of `dropoutAt` */
  constructor(
    scope: ParameterScope,
    site: Site,
    { dropout, dropoutAt }: { readonly dropout: number; readonly dropoutAt: readonly Site[] },
  ) {
    super(scope);
    this.#path = scope.path;
    this.#rate = dropoutAt.includes(site) ? dropout : 0;
  }

  forward(x: Tensor): Tensor {
    return drop(x, this.mask(x));
  }

  /** The mask that this dropout draws on x's tape, for ops that apply it themselves; undefined if dropout is off. */
  mask({ tape }: Tensor): DropoutMask | undefined {
    return tape?.training && this.#rate > 0 ? { rate: this.#rate, key: tape.key(this.#path) } : undefined;
  }
}
