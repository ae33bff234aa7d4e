import { BertrandError } from '../../error.ts';
import type { Device, DeviceArray } from '../../kernels/device.ts';
import { placeFrozen, placeInArenas } from './parameterArena.ts';
import type { ParameterArena } from './parameterArena.ts';
import type { Initialise } from './initialise.ts';
import { initialValues } from './initialise.ts';
import { Parameter } from './parameter.ts';
import { Constant } from './constant.ts';
import type { Shape } from '../shape.ts';

const PIECE = 2 ** 16; // initial values computed at a time

/** A model's parameters: boxes declare them by name, then `allocate` puts them all on a device. */
export class Parameters {
  readonly #seed: number;
  readonly #declared = new Map<string, { parameter: Parameter; initialise: Initialise }>();
  readonly #constants: Constant[] = [];
  #device: Device | undefined;
  readonly #isFrozen: (name: string) => boolean;
  #arenas: readonly ParameterArena[] = [];
  /** Where those lie that are not trained. */
  #frozen: readonly DeviceArray[] = [];

  /**
   * @param seed initial values are a function of it and the parameter's name.
   * @param isFrozen which parameters keep their values: no gradient reaches them, and no optimizer
   */
  constructor(seed = 0, isFrozen: (name: string) => boolean = () => false) {
    this.#seed = seed;
    this.#isFrozen = isFrozen;
  }

  /** All of them, in the order in which they were declared. */
  get all(): readonly Parameter[] {
    return [...this.#declared.values()].map(({ parameter }) => parameter);
  }

  /** Where the parameters that are trained lie. */
  get arenas(): readonly ParameterArena[] {
    return this.#arenas;
  }

  /** Number of weights. */
  get size(): number {
    return this.all.reduce((total, parameter) => total + parameter.size, 0);
  }

  /** The parameter called `name`. Throws a BertrandError that lists all names if there is none. */
  get(name: string): Parameter {
    const found = this.#declared.get(name);
    if (!found)
      throw new BertrandError(`there is no parameter ${name}; there are ${[...this.#declared.keys()].join(', ')}`);
    return found.parameter;
  }

  /** Throws a BertrandError if the name is taken or `allocate` has been called. */
  declare(name: string, shape: Shape, initialise: Initialise, decays: boolean): Parameter {
    if (this.#declared.has(name)) throw new BertrandError(`the parameter ${name} is declared twice`);
    if (this.#device) throw new BertrandError(`the parameter ${name} is declared after the others were allocated`);
    const parameter = new Parameter(name, shape, decays, undefined, !this.#isFrozen(name));
    this.#declared.set(name, { parameter, initialise });
    return parameter;
  }

  /** Declares a tensor that is not learned. */
  constant(name: string, shape: Shape, values: Float64Array): Constant {
    const constant = new Constant(name, shape, values);
    this.#constants.push(constant);
    return constant;
  }

  /** A scope whose parameters have names that begin with `name.` */
  in(name: string): ParameterScope {
    return new ParameterScope(this, name);
  }

  /**
   * Puts every parameter on `device`.
   * @param initialised whether with its initial values; a device that computes nothing needs none
   */
  allocate(device: Device, initialised = true): void {
    this.#device = device;
    for (const constant of this.#constants) constant.place(device);
    const isTrained = ({ requiresGradient }: Parameter): boolean => requiresGradient;
    this.#arenas = placeInArenas(device, this.all.filter(isTrained));
    this.#frozen = placeFrozen(
      device,
      this.all.filter((parameter) => !isTrained(parameter)),
    );
    if (initialised) this.initialise();
  }

  /** Gives all of them their initial values. */
  initialise(): void {
    const device = this.#device;
    if (!device) return;
    const most = device.viewAlignment === 0 ? Infinity : PIECE;
    const scratch = new Float32Array(Math.min(most, Math.max(0, ...this.all.map(({ size }) => size)))); // reused, since garbage would raise peak memory
    for (const { parameter, initialise } of this.#declared.values()) {
      const fill = initialValues(`${this.#seed}/initial/${parameter.name}`, initialise);
      for (let first = 0; first < parameter.size; first += most) {
        const piece = scratch.subarray(0, parameter.size - first);
        fill(piece);
        if (piece.length === parameter.size) parameter.write(piece);
        else device.write(device.view(parameter.storage.weights, first, piece.length), piece);
      }
    }
  }

  /** Clears all gradients: the next backward overwrites them instead of adding to them. */
  clearGradients(): void {
    for (const parameter of this.all) parameter.hasGradient = false;
  }

  /** Zeroes the gradients of parameters that backward did not reach, so that whole arenas can be read. */
  zeroUntouched(): void {
    for (const { members } of this.#arenas)
      for (const { parameter } of members)
        if (!parameter.hasGradient)
          this.#device?.launch('fill', {}, { size: parameter.size, value: 0 }, { y: parameter.gradients });
  }

  /** Gives those that backward did not reach a gradient of zeros, so that whole arenas can be added to. */
  completeGradients(): void {
    this.zeroUntouched();
    for (const { members } of this.#arenas) for (const { parameter } of members) parameter.hasGradient = true;
  }

  /** Frees the device memory of all parameters and constants. */
  free(): void {
    const trained = this.#arenas.flatMap(({ weights, gradients }) => [weights, gradients]);
    for (const array of [...trained, ...this.#frozen]) this.#device?.free(array);
    for (const { array } of this.#constants) this.#device?.free(array);
    this.#arenas = [];
    this.#frozen = [];
  }
}

/** Declares the parameters of one box, and names its dropouts, under the box's path in the model. */
export class ParameterScope {
  readonly path: string;
  readonly #parameters: Parameters;

  constructor(parameters: Parameters, path: string) {
    this.#parameters = parameters;
    this.path = path;
  }

  in(name: string): ParameterScope {
    return new ParameterScope(this.#parameters, `${this.path}.${name}`);
  }

  /** Declares a matrix, to which weight decay applies. */
  matrix(name: string, shape: Shape, initialise: Initialise): Parameter {
    return this.#parameters.declare(`${this.path}.${name}`, shape, initialise, true);
  }

  /** Declares a bias or a LayerNorm's gain (size), to which weight decay does not apply. */
  vector(name: string, size: number, initialise: Initialise): Parameter {
    return this.#parameters.declare(`${this.path}.${name}`, [size], initialise, false);
  }

  /** Declares a tensor that is not learned. */
  constant(name: string, shape: Shape, values: Float64Array): Constant {
    return this.#parameters.constant(`${this.path}.${name}`, shape, values);
  }
}
